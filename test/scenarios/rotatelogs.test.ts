import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPathInput } from '../../src/io/path-input.ts';
import { repository } from '../support/doc-blocks.ts';
import { requireBinary } from '../support/find-binary.ts';
import { keepTempDirectory } from '../support/keep.ts';

const script = join(repository, 'deploy/kubernetes/overlays/apache-sidecar/keep-three.sh');
const rotatedAtBytes = 20_480;
const linesPerWrite = 60;

test('with rotatelogs and keep-three.sh, as in the Apache pod, each line is read once and three files stay', async () => {
  const directory = await keepTempDirectory('rotatelogs');
  const log = join(directory, 'access.log');
  const seen: string[] = [];
  const input = openPathInput({
    pattern: log,
    consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
    start: 'beginning',
    graceMilliseconds: 900_000,
    graceWithoutDirectoryMilliseconds: 0,
  });
  const args = ['-L', log, '-p', script, log, '20K'];
  const writer = spawn(requireBinary('rotatelogs'), args, {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const expected: string[] = [];
  const readAll = async () => {
    while (await input.check());
    return seen.length;
  };
  // A name of rotatelogs holds the second: two rotations in one second would share a file.
  for (let write = 0; write < 50; write++) {
    const lines = Array.from({ length: linesPerWrite }, (_, i) =>
      `${write} ${i} `.padEnd(100, 'x'),
    );
    expected.push(...lines);
    writer.stdin.write(`${lines.join('\n')}\n`);
    await sleep(100);
    // On a slow machine rotatelogs would otherwise get all at once, and rotate more often than once a second.
    await expect.poll(readAll, { timeout: 60_000 }).toBe(expected.length);
  }
  writer.stdin.end();
  await once(writer, 'close');
  expect(new Set(seen)).toEqual(new Set(expected));
  const { rotations, skippedBytes } = await input.stats();
  expect({ rotations: rotations >= 3, skippedBytes }).toEqual({ rotations: true, skippedBytes: 0 });
  await input.close();
  const files = (await readdir(directory)).filter((name) => name !== 'access.log');
  expect(files.length).toBeLessThanOrEqual(3);
  for (const name of files) {
    const { size } = await stat(join(directory, name));
    expect(size).toBeLessThan(rotatedAtBytes * 4);
  }
});

test('a ring of rotatelogs -n is read in its turns, each line once', async () => {
  const log = join(await keepTempDirectory('ring'), 'access.log');
  const seen: string[] = [];
  const input = openPathInput({
    pattern: log,
    consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
    start: 'beginning',
    isRing: true,
  });
  const writer = spawn(requireBinary('rotatelogs'), ['-n', '3', log, '20K'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const expected: string[] = [];
  for (let write = 0; write < 24; write++) {
    const lines = Array.from({ length: 100 }, (_, i) => `${write} ${i} `.padEnd(100, 'x'));
    expected.push(...lines);
    writer.stdin.write(`${lines.join('\n')}\n`);
    const readAll = async () => {
      while (await input.check());
      return seen.length;
    };
    await expect.poll(readAll, { timeout: 60_000, interval: 20 }).toBe(expected.length);
  }
  writer.stdin.end();
  await once(writer, 'close');
  expect(new Set(seen)).toEqual(new Set(expected));
  expect((await input.stats()).rotations).toBeGreaterThan(3);
  await input.close();
});
