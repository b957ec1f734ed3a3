import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { describeReadError, readLogFile } from '../../src/io/read-log-file.ts';

async function read(content: Buffer) {
  const directory = await mkdtemp(join(tmpdir(), 'read-log-file-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'access.log');
  await writeFile(path, content);
  const lines: string[] = [];
  const result = await readLogFile(path, (bytes, start, end) => {
    lines.push(bytes.toString('latin1', start, end));
  });
  return { lines, problem: result.ok ? undefined : result.error.replace(directory, '') };
}

const text = Buffer.from('one\ntwo\nthree');

test.each([
  ['plain', text],
  ['gzip', gzipSync(text)],
  [
    'gzip in two members, as logrotate can append',
    Buffer.concat([gzipSync('one\ntw'), gzipSync('o\nthree')]),
  ],
])('readLogFile() reads every line of a %s log', async (_, content) => {
  expect(await read(content)).toEqual({ lines: ['one', 'two', 'three'], problem: undefined });
});

test('readLogFile() reads an empty log', async () => {
  expect(await read(Buffer.alloc(0))).toEqual({ lines: [], problem: undefined });
});

test('readLogFile() reports that a gzip log is incomplete', async () => {
  const whole = gzipSync('line\n'.repeat(10_000));
  const { problem } = await read(whole.subarray(0, whole.length - 10));
  expect(problem).toMatch(/^\/access\.log: cannot be read: unexpected end of file$/);
});

test('readLogFile() reports that a file does not exist', async () => {
  const result = await readLogFile('/nonexistent/a.log', () => undefined);
  expect(result).toMatchObject({
    ok: false,
    error: '/nonexistent/a.log: cannot be read: there is no such file',
  });
});

test('describeReadError() says who may read a log', () => {
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  expect(describeReadError(denied)).toMatch(/^permission denied; run the command as root or/);
});
