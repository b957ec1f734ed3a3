import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';

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
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      license: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

function productionPackages() {
  const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  return Object.entries(lockFile.parse(JSON.parse(text)).packages).filter(
    ([place, { dev, devOptional }]) => place !== '' && dev !== true && devOptional !== true,
  );
}

const production = productionPackages();

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
