import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { buildBundle } from '../tools/bundle/build-bundle.ts';
import { packagesIn } from '../tools/bundle/third-party.ts';

/** Licences under which code may be passed on with this product without more than their notice. */
const allowed: ReadonlySet<string> = new Set([
  'Apache-2.0',
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
]);

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      license: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

/** All that is in the bundle: the package has no dependencies of its own. */
async function productionPackages() {
  const directory = mkdtempSync(join(tmpdir(), 'licences-'));
  const folders = packagesIn(await buildBundle(directory));
  rmSync(directory, { recursive: true });
  const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  const { packages } = lockFile.parse(JSON.parse(text));
  return Object.entries(packages).filter(([place]) => folders.includes(place));
}

const production = await productionPackages();

test('there are production dependencies to look at', () => {
  expect(production.length).toBeGreaterThan(8);
});

test.each(production)('%s is under a licence that may be passed on', (_, { license }) => {
  expect([...allowed]).toContain(license);
});

test('no production dependency runs a script when it is installed', () => {
  const scripted = production.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  expect(scripted).toEqual([]);
});
