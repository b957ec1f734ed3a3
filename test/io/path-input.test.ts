import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { InputPlace } from '../../src/io/log-input.ts';
import { openPathInput } from '../../src/io/path-input.ts';
import { descriptorsIn } from '../support/descriptors-in.ts';

const filesPerRound = 20;
const names = (round: number) =>
  Array.from({ length: filesPerRound }, (_, n) => `${round}-${n}.log`);

test('B16 E4 deleted files of a pattern are closed after their grace time, and stay in the totals', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'path-input-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  let lines = 0;
  const open = (place?: InputPlace) =>
    openPathInput({
      pattern: join(directory, '*.log'),
      consume: () => {
        lines += 1;
      },
      start: 'beginning',
      graceMilliseconds: 0,
      ...(place === undefined ? {} : { place }),
    });
  const input = open();
  const pollAll = async () => {
    while (await input.check());
  };
  for (let round = 0; round < 3; round++) {
    for (const name of names(round)) await writeFile(join(directory, name), 'a\n');
    await pollAll();
    expect(descriptorsIn(directory)).toBe(filesPerRound);
    for (const name of names(round)) await appendFile(join(directory, name), 'b\n');
    for (const name of names(round)) await rm(join(directory, name));
    await pollAll();
    expect(descriptorsIn(directory)).toBe(0);
  }
  expect(lines).toBe(3 * 2 * filesPerRound);
  expect(input.condition().reason).toBe('nothing_matches');
  expect(await input.stats()).toMatchObject({ readBytes: 3 * 2 * 2 * filesPerRound });
  const resumed = open(await input.place());
  await resumed.check();
  expect(await resumed.stats()).toMatchObject({ readBytes: 3 * 2 * 2 * filesPerRound });
  await resumed.close();
  await input.close();
});

test('E4 of many short-lived files of a pattern each is read, and few stay open', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'path-input-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  let lines = 0;
  const consume = () => {
    lines += 1;
  };
  const input = openPathInput({ pattern: join(directory, '*.log'), consume, start: 'beginning' });
  onTestFinished(() => input.close());
  const pollAll = async () => {
    while (await input.check());
  };
  const paths = Array.from({ length: 60 }, (_, number) => join(directory, `job-${number}.log`));
  for (const path of paths) await writeFile(path, 'a\n');
  await pollAll();
  for (const path of paths) await appendFile(path, 'b\n');
  for (const path of paths) await rm(path);
  await pollAll();
  expect(descriptorsIn(directory)).toBe(32);
  expect(lines).toBe(120);
  expect(await input.stats()).toMatchObject({ readBytes: 240, skippedBytes: 0 });
});

test('E4 renamed files of a pattern stay open, however many, because their servers may not have reopened them yet', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'path-input-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const seen: string[] = [];
  const input = openPathInput({
    pattern: join(directory, '*.log'),
    consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
    start: 'beginning',
  });
  onTestFinished(() => input.close());
  const paths = Array.from({ length: 40 }, (_, number) => join(directory, `${number}.log`));
  for (const path of paths) await writeFile(path, 'a\n');
  await input.check();
  for (const path of paths) await rename(path, `${path}.1`);
  await input.check();
  await input.check();
  for (const path of paths) await appendFile(`${path}.1`, 'late\n');
  await input.check();
  expect(seen.filter((line) => line === 'late')).toHaveLength(40);
});
