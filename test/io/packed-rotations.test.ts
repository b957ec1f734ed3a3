import { appendFile, copyFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { FileFollower, FollowState } from '../../src/io/follow-state.ts';
import { descriptorsIn } from '../support/descriptors-in.ts';
import {
  createNumberedLog,
  followNumberedLog,
  type NumberedLog,
  readAll,
} from '../support/numbered-log.ts';

/** Returns the state as a checkpoint stores it. */
async function stop(follower: FileFollower): Promise<FollowState> {
  const state = JSON.parse(JSON.stringify(await follower.state())) as FollowState;
  await follower.close();
  return state;
}

/** As logrotate does: increments the numbers and packs the rotated file, with `delay` at the next rotation. */
async function rotate(
  { path }: NumberedLog,
  { delay }: { readonly delay: boolean },
): Promise<void> {
  for (let number = 9; number > 0; number--) {
    for (const ending of ['', '.gz']) {
      await rename(`${path}.${number}${ending}`, `${path}.${number + 1}${ending}`).catch(() => 0);
    }
  }
  await rename(path, `${path}.1`);
  await writeFile(path, '');
  await pack(`${path}.${delay ? 2 : 1}`).catch(() => 0);
}

async function pack(path: string): Promise<void> {
  await writeFile(`${path}.gz`, gzipSync(await readFile(path)));
  await rm(path);
}

/** Counts the lines that were read more than once or never: a short message where a list would be long. */
function compare({ seen, all }: NumberedLog) {
  const counts = new Map<string, number>();
  for (const line of seen) counts.set(line, (counts.get(line) ?? 0) + 1);
  const missing = all().filter((line) => !counts.has(line));
  const twice = [...counts].filter(([, count]) => count > 1).map(([line]) => line);
  return {
    missing: missing.length,
    twice: twice.length,
    first: [...missing, ...twice].slice(0, 3),
  };
}

const eachOnce = { missing: 0, twice: 0, first: [] };

describe.each([
  ['compress', { delay: false }],
  ['delaycompress', { delay: true }],
])('after a restart, with %s,', (_, how) => {
  test.each([1, 2, 3, 4])(
    '%i rotations are read from where reading stopped, each line once',
    async (times) => {
      const { log, follower: first } = await followNumberedLog(300);
      const state = await stop(first);
      for (let rotation = 0; rotation < times; rotation++) {
        await log.write(200);
        await rotate(log, how);
      }
      await log.write(10);
      const second = log.follow(state);
      await readAll(second);
      expect(compare(log)).toEqual(eachOnce);
      expect(await second.stats()).toMatchObject({ skippedBytes: 0, lagBytes: 0 });
      expect(second.takeNotices()).toEqual([]);
      await stop(second);
      expect(descriptorsIn(log.directory)).toBe(0);
    },
  );

  test('and again after each rotation, nothing is counted twice', async () => {
    const log = await createNumberedLog();
    let state: FollowState | undefined;
    for (let round = 0; round < 6; round++) {
      await log.write(150);
      const follower = log.follow(state);
      await readAll(follower);
      await log.write(50);
      if (round % 2 === 0) state = await stop(follower);
      await rotate(log, how);
      if (round % 2 !== 0) {
        await readAll(follower);
        state = await stop(follower);
      }
    }
    const last = log.follow(state);
    await readAll(last);
    expect(compare(log)).toEqual(eachOnce);
  });
});

test('lines that were read are recognised when their file is packed, unpacked or packed again', async () => {
  const log = await createNumberedLog();
  const follower = log.follow();
  for (let rotation = 0; rotation < 4; rotation++) {
    await log.write(200);
    await readAll(follower);
    await rotate(log, { delay: false });
    await readAll(follower);
  }
  const archive = await readFile(`${log.path}.3.gz`);
  await writeFile(`${log.path}.3.gz.new`, gzipSync(gunzipSync(archive), { level: 1 }));
  await rename(`${log.path}.3.gz.new`, `${log.path}.3.gz`);
  await writeFile(`${log.path}.4`, gunzipSync(await readFile(`${log.path}.4.gz`)));
  const state = await stop(follower);
  await rm(`${log.path}.4.gz`);
  await log.write(5);
  await rotate(log, { delay: false });
  const next = log.follow(state);
  await readAll(next);
  expect(compare(log)).toEqual(eachOnce);
});

test('logs that begin alike are distinguished by the rest of their content', async () => {
  const log = await createNumberedLog();
  const begin = () => appendFile(log.path, 'GET /healthz 200\n'.repeat(100));
  await begin();
  await log.write(10);
  const first = log.follow();
  await readAll(first);
  const state = await stop(first);
  for (let rotation = 0; rotation < 3; rotation++) {
    await rotate(log, { delay: false });
    await begin();
    await log.write(10);
  }
  const second = log.follow(state);
  await readAll(second);
  expect(log.seen).toHaveLength(4 * 110);
  log.seen.splice(0, log.seen.length, ...log.seen.filter((line) => line.startsWith('line')));
  expect(compare(log)).toEqual(eachOnce);
});

test('a copy that was packed after a truncation is read from where reading stopped', async () => {
  const { log, follower: first } = await followNumberedLog(100);
  const state = await stop(first);
  await log.write(100);
  await copyFile(log.path, `${log.path}.1`);
  await truncate(log.path, 0);
  await pack(`${log.path}.1`);
  await log.write(10);
  const second = log.follow(state);
  await readAll(second);
  expect(compare(log)).toEqual(eachOnce);
});

test('a file to which lines were added after it was packed is not counted twice', async () => {
  const log = await createNumberedLog();
  const follower = log.follow();
  await log.write(200);
  await readAll(follower);
  await rotate(log, { delay: true });
  await readAll(follower);
  await writeFile(`${log.path}.1.gz`, gzipSync(await readFile(`${log.path}.1`)));
  await appendFile(`${log.path}.1`, log.lines(3));
  await rm(`${log.path}.1`);
  await rename(log.path, `${log.path}.0`);
  await log.write(5);
  await readAll(follower);
  expect(compare(log)).toEqual(eachOnce);
});

test('after a restart in the middle of an archive reading continues there', async () => {
  const { log, follower: first } = await followNumberedLog(1);
  const state = await stop(first);
  await appendFile(log.path, `${'x'.repeat(200)}\n`.repeat(100_000));
  await rotate(log, { delay: false });
  const second = log.follow(state);
  await second.check();
  expect(log.seen.length).toBeGreaterThan(10_000);
  expect(log.seen.length).toBeLessThan(100_000);
  const middle = await stop(second);
  const third = log.follow(middle);
  await readAll(third);
  expect(log.seen).toHaveLength(100_001);
});

test.each([
  ['ends in the middle', (whole: Buffer) => whole.subarray(0, -20), /unexpected end of file/],
  [
    'is broken in the middle',
    (whole: Buffer) =>
      Buffer.concat([whole.subarray(0, 100_000), Buffer.alloc(50), whole.subarray(100_050)]),
    /invalid|incorrect/,
  ],
  ['is not one', () => Buffer.from('this is no archive'), /cannot be read/],
  [
    'unpacks to far more than a log can',
    () => gzipSync(Buffer.alloc(80 * 1024 * 1024, 'z')),
    /more than 200 times its size/,
  ],
])('an archive that %s is reported, and nothing else is lost', async (_, spoil, wanted) => {
  const { log, follower: first } = await followNumberedLog(1);
  const state = await stop(first);
  const text = Array.from({ length: 40_000 }, () => `${Math.random()}\n`).join('');
  await rotate(log, { delay: false });
  await writeFile(`${log.path}.0.gz`, spoil(gzipSync(text)));
  await log.write(5);
  const before = process.memoryUsage().rss;
  const second = log.follow(state);
  await readAll(second);
  const notices = second.takeNotices();
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(wanted);
  expect((await second.stats()).skippedBytes).toBeGreaterThan(0);
  expect(log.seen.filter((line) => line.startsWith('line'))).toEqual(log.all());
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  await readAll(second);
  expect(second.takeNotices()).toEqual([]);
  await stop(second);
  expect(descriptorsIn(dirname(log.path))).toBe(0);
});

test('an archive that this Node.js cannot unpack is reported if it may hold unread lines', async () => {
  const { log, follower: first } = await followNumberedLog(10);
  const state = await stop(first);
  await rename(log.path, `${log.path}.1.xz`);
  await writeFile(`${log.path}.1.xz`, 'packed');
  const second = log.follow(state);
  await readAll(second);
  expect(second.takeNotices().join()).toContain('access.log.1.xz" may hold lines');
});

/** `line 0` to `line 29`, as `zstd -19` packs them. */
const zstdArchive = Buffer.from(
  'KLUv/QBoBQIAkkMKDsBrDDb+k7tkazKxinNu4Gwuk8fi+90+GovEofBcNY8pZIhbYAGtpAIdqBBYvhnw1RASP93t1+OviwVSCg==',
  'base64',
);

test('zstd is read if this Node.js supports it, and reported if not', async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const has = major > 23 || (major === 22 && minor >= 15) || (major === 23 && minor >= 8);
  const { log, follower: first } = await followNumberedLog(10);
  const state = await stop(first);
  await log.write(20);
  await rename(log.path, `${log.path}.1`);
  await rm(`${log.path}.1`);
  await writeFile(`${log.path}.1.zst`, zstdArchive);
  const second = log.follow(state);
  await readAll(second);
  expect(compare(log).missing).toBe(has ? 0 : 20);
  expect(second.takeNotices()).toHaveLength(has ? 0 : 1);
});
