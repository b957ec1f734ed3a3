import { execFileSync } from 'node:child_process';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createActiveConfig } from '../../src/pipeline/active-config.ts';
import { requireBinary } from '../support/find-binary.ts';
import { atEnd, keepTempDirectory } from '../support/keep.ts';

const nothing = () => undefined;

test('D8 a reload from a pipe whose writer says nothing is refused in the end, and does not keep later reloads waiting', async () => {
  const file = join(await keepTempDirectory('config'), 'config.yml');
  await writeFile(file, 'targets: []\n');
  const config = createActiveConfig({
    configFile: file,
    discover: async () => [],
    apply: async () => undefined,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    now: () => 1,
    pipeMilliseconds: 500,
  });
  expect(await config.reload()).toMatchObject({ ok: true });
  await rm(file);
  execFileSync(requireBinary('mkfifo'), [file]);
  const stuck = config.reload();
  // Opens when the reload has opened it for reading, and never says anything.
  const writer = await open(file, 'w');
  atEnd(() => writer.close());
  await rm(file);
  await writeFile(file, 'targets: []\n');
  const next = config.reload();
  expect(await stuck).toMatchObject({
    ok: false,
    error: [expect.stringContaining('did not write and close it in time')],
  });
  expect(await next).toMatchObject({ ok: true });
  expect(config.lastReload()).toEqual({ successful: true, successSeconds: 1 });
});
