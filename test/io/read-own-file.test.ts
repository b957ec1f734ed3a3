import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readOwnFile, readOwnFileSync } from '../../src/io/read-own-file.ts';
import { requireBinary } from '../support/find-binary.ts';

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'own-file-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

async function pipe(): Promise<string> {
  const path = join(await directory(), 'pipe');
  execFileSync(requireBinary('mkfifo'), [path]);
  return path;
}

test('a file is read, also through a link', async () => {
  const folder = await directory();
  await writeFile(join(folder, 'a'), 'targets: []\n');
  await symlink('a', join(folder, 'b'));
  expect(await readOwnFile(join(folder, 'b'))).toBe('targets: []\n');
  expect(readOwnFileSync(join(folder, 'b')).toString()).toBe('targets: []\n');
});

test('readOwnFile() reads a pipe to the end of what its writer sends', async () => {
  const path = await pipe();
  // Both ends: so the writer is there before the reader opens.
  const writer = spawn('sh', ['-c', 'exec 3<>"$0"; echo open; sleep 0.1; seq 20000 >&3', path]);
  await new Promise((resolve) => writer.stdout.once('data', resolve));
  const lines = (await readOwnFile(path)).split('\n');
  expect([lines.length, lines[0], lines.at(-2)]).toEqual([20_001, '1', '20000']);
});

test('readOwnFile() waits for the writer of a pipe, and keeps no thread busy meanwhile', async () => {
  const path = await pipe();
  // As many as there are threads: had each taken one, no other file could be read.
  const reading = Array.from({ length: 8 }, () => readOwnFile(path));
  expect(await readOwnFile('/proc/self/comm')).not.toBe('');
  spawn('sh', ['-c', 'printf "targets: []" > "$0"', path]);
  expect((await Promise.all(reading)).join('')).toBe('targets: []');
});

test('readOwnFileSync() refuses a pipe, which has its text only once', async () => {
  const path = await pipe();
  expect(() => readOwnFileSync(path)).toThrow('is not a regular file');
});

test('a directory and a device are errors', async () => {
  const folder = await directory();
  for (const path of [folder, '/dev/zero']) {
    await expect(readOwnFile(path)).rejects.toThrow('is not a regular file');
    expect(() => readOwnFileSync(path)).toThrow('is not a regular file');
  }
});

test('D8 a configuration larger than any is refused before it is read', async () => {
  const path = join(await directory(), 'large');
  await writeFile(path, '');
  await truncate(path, 4 * 1024 * 1024 + 1);
  await expect(readOwnFile(path)).rejects.toThrow('has 4194305 bytes; want at most 4194304');
});

test('D8 readOwnFile() refuses a pipe that sends more than any configuration has, and waits no longer than it may', async () => {
  const path = await pipe();
  const writer = spawn('sh', ['-c', 'exec 3<>"$0"; exec cat /dev/zero >&3', path]);
  onTestFinished(() => void writer.kill('SIGKILL'));
  await expect(readOwnFile(path)).rejects.toThrow('want at most 4194304');
  await expect(readOwnFile(await pipe(), AbortSignal.timeout(10))).rejects.toThrow(
    'did not write and close it in time',
  );
});
