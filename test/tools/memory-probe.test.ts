import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryProbe, readMemory } from '../../tools/soak/memory-probe.ts';
import { keepTempDirectory } from '../support/keep.ts';

const mebibyte = 1024 * 1024;

/** Ends when the probe has written that many lines to the file. */
const untilRead = (file: string, lines: number) => `
  const { existsSync, readFileSync } = require('node:fs');
  const file = ${JSON.stringify(file)};
  setInterval(() => {
    if (existsSync(file) && readFileSync(file, 'utf8').split('\\n').length > ${lines}) process.exit();
  }, 20);`;

test('memoryProbe() counts no buffers that are garbage', async () => {
  const file = join(await keepTempDirectory('probe'), 'memory');
  const garbage = `
    let kept;
    setInterval(() => {
      for (let index = 0; index < 40; index++) kept = new Float64Array(20_000);
    }, 5);`;
  const env = { ...process.env, ...memoryProbe(file, { compiled: 'none', everyMilliseconds: 50 }) };
  spawnSync(process.execPath, ['-e', garbage + untilRead(file, 8)], { env });
  const readings = await readMemory(file);
  expect(readings.length).toBeGreaterThanOrEqual(8);
  for (const { arrayBuffers } of readings) expect(arrayBuffers).toBeLessThan(mebibyte);
});

test('memoryProbe() keeps the engine from compiling more and more functions', async () => {
  const file = join(await keepTempDirectory('probe'), 'memory');
  const hot =
    'let sum = 0; const add = (a) => a + 1; for (let i = 0; i < 5e6; i++) sum = add(sum);';
  const compiled = (env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, ['--trace-opt', '-e', hot], { env }).stdout.toString();
  expect(compiled(process.env)).toContain('for optimization');
  expect(compiled({ ...process.env, ...memoryProbe(file, { compiled: 'none' }) })).not.toContain(
    'for optimization',
  );
});
