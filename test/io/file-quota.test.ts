import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFileQuota, filesWithin } from '../../src/io/file-quota.ts';
import { openPathInput } from '../../src/io/path-input.ts';
import { present } from '../../src/present.ts';
import { descriptorsIn } from '../support/descriptors-in.ts';
import { keepTempDirectory } from '../support/keep.ts';

/** Two inputs on one directory that share the quota of a process that may open 96 files. */
async function followTwo() {
  const directory = await keepTempDirectory('quota');
  const seen: string[] = [];
  const quota = createFileQuota(96);
  const open = (name: string, graceMilliseconds: number) => {
    const input = openPathInput({
      pattern: join(directory, name),
      consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
      start: 'end',
      quota,
      graceMilliseconds,
    });
    onTestFinished(() => input.close());
    return input;
  };
  return { directory, seen, open };
}

test('filesWithin() leaves room for connections, polls and the runtime', () => {
  for (const limit of [64, 128, 256, 1024, 65_536]) {
    const { first, all } = filesWithin(limit);
    // Each log may be rotated once at the same time.
    expect(all).toBe(2 * first);
    expect(all).toBeLessThan(limit / 2);
  }
  expect(filesWithin().first).toBe(Number.POSITIVE_INFINITY);
});

test('A16 E1 logs beyond their share of the open files wait with the remedy, lose no line, and are opened when others are let go', async () => {
  const { directory, seen, open } = await followTwo();
  const paths = Array.from({ length: 20 }, (_, n) => join(directory, `${10 + n}.log`));
  for (const path of paths) await writeFile(path, 'old\n');
  const first = open('1*.log', 0);
  const second = open('2*.log', 0);
  const pollAll = async () => {
    for (const input of [first, second]) while (await input.check());
  };
  await pollAll();
  expect(descriptorsIn(directory)).toBe(16);
  expect(first.condition().reason).toBe('reading');
  expect(second.condition()).toEqual({
    reason: 'cannot_open',
    remedy: `cannot open "${join(directory, '26.log')}": the logs have reached their limit of open files (16 of the 96 of this process); raise the limit of open files (LimitNOFILE= of the unit, or ulimit -n), or narrow the pattern`,
  });
  for (const [n, path] of paths.entries()) await appendFile(path, `${n}\n`);
  await pollAll();
  expect(seen).toHaveLength(16);
  for (const path of paths.slice(0, 4)) await rm(path);
  await pollAll();
  expect(second.condition().reason).toBe('reading');
  expect(seen.map(Number).toSorted((a, b) => a - b)).toEqual(paths.map((_, n) => n));
  expect((await second.stats()).skippedBytes).toBe(0);
});

test('A16 E1 a log that rotates while the logs have all their files open is read on, and no line is lost', async () => {
  const { directory, seen, open } = await followTwo();
  const path = (n: number) => join(directory, `${n}.log`);
  for (let n = 10; n < 26; n++) await writeFile(path(n), '');
  const input = open('1*.log', 60_000);
  const other = open('2*.log', 60_000);
  const pollAll = async () => {
    for (const one of [input, other]) while (await one.check());
  };
  await pollAll();
  for (let n = 10; n < 26; n++) {
    await rename(path(n), `${path(n)}.1`);
    await appendFile(`${path(n)}.1`, `${n} late\n`);
    await writeFile(path(n), `${n} new\n`);
  }
  await pollAll();
  expect(descriptorsIn(directory)).toBe(32);
  expect(input.condition().reason).toBe('reading');
  expect(seen.filter((line) => line.endsWith('late'))).toHaveLength(16);
  expect(seen.filter((line) => line.endsWith('new'))).toHaveLength(16);
  // The file of a second rotation waits until others are let go.
  await rename(path(10), `${path(10)}.2`);
  await writeFile(path(10), 'again\n');
  await pollAll();
  expect(input.condition().remedy).toContain('(32 of the 96 of this process)');
  expect(seen).toHaveLength(32);
  await other.close();
  while (await input.check());
  expect(seen).toHaveLength(33);
  expect((await input.stats()).skippedBytes).toBe(0);
});

test('a log that waited has no position: after a restart with a checkpoint it is read from its beginning', async () => {
  const { directory, seen, open } = await followTwo();
  for (let n = 10; n < 27; n++) await writeFile(join(directory, `${n}.log`), 'old\n');
  const input = open('??.log', 0);
  while (await input.check());
  expect(seen).toHaveLength(0);
  const place = await input.place();
  await input.close();
  const resumed = openPathInput({
    pattern: join(directory, '??.log'),
    consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
    start: 'end',
    ...present({ place }),
  });
  onTestFinished(() => resumed.close());
  while (await resumed.check());
  expect(seen).toEqual(['old']);
});
