import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createAddressKey } from '../../src/io/create-address-key.ts';
import { readFirstLines } from '../../src/io/read-first-lines.ts';
import { keepTempDirectory } from '../support/keep.ts';

// Random enough that the compressed file is longer than the part that is read.
const text = Array.from(
  { length: 20_000 },
  (_, n) => `${(n * 2_654_435_761) % 4_294_967_296}\n`,
).join('');

test.each(['plain', 'gzip'])('readFirstLines() reads the beginning of a %s file', async (kind) => {
  const path = join(await keepTempDirectory('first-lines'), 'log');
  await writeFile(path, kind === 'gzip' ? gzipSync(text) : text);
  const lines = (await readFirstLines(path)).map(String);
  expect(lines.length).toBeGreaterThan(1000);
  expect(text.startsWith(`${lines.join('\n')}\n`)).toBe(true);
});

test('readFirstLines() returns no line of a file that cannot be read', async () => {
  const path = join(await keepTempDirectory('first-lines'), 'log');
  expect(await readFirstLines(path)).toEqual([]);
  await writeFile(path, Buffer.from([0x1f, 0x8b, 1, 2, 3]));
  expect(await readFirstLines(path)).toEqual([]);
});

test('createAddressKey() returns another key each time', () => {
  expect(createAddressKey()).not.toEqual(createAddressKey());
});
