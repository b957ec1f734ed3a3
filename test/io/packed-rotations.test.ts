import { appendFile, copyFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { followFile } from '../../src/io/follow-file.ts';
import type { FollowState } from '../../src/io/follow-state.ts';
import { descriptorsIn } from '../support/descriptors-in.ts';
import { createTempDirectory } from '../support/temp-directory.ts';

/** A log whose lines are numbered as they are written, and followers that note what they saw. */
async function createLog() {
  const { path: directory, remove } = await createTempDirectory('packed');
  onTestFinished(remove);
  const path = join(directory, 'access.log');
  const seen: string[] = [];
  let written = 0;
  const lines = (count: number) =>
    Array.from({ length: count }, () => `line ${written++}\n`).join('');
  await writeFile(path, '');
  return {
    path,
    directory,
    seen,
    lines,
    write: (count: number) => appendFile(path, lines(count)),
    follow(state?: FollowState) {
      const follower = followFile({
        path,
        start: 'beginning',
        consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
        ...(state === undefined ? {} : { state }),
      });
      onTestFinished(() => follower.close());
      return follower;
    },
    all: () => Array.from({ length: written }, (_, number) => `line ${number}`),
  };
}

type TestLog = Awaited<ReturnType<typeof createLog>>;
type Follower = ReturnType<TestLog['follow']>;

async function readAll(follower: Follower): Promise<void> {
  while (await follower.poll());
}

/** As a checkpoint keeps it. */
async function stop(follower: Follower): Promise<FollowState> {
  const state = JSON.parse(JSON.stringify(await follower.state())) as FollowState;
  await follower.close();
  return state;
}

/** logrotate: numbers rise, what was rotated before is packed; without `delay` what is rotated now, too. */
async function rotate({ path }: TestLog, { delay }: { readonly delay: boolean }): Promise<void> {
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

/** Which lines were seen more than once, and which never: few words where a list of all would be long. */
function compare({ seen, all }: TestLog) {
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
    '%i rotations are read on where it was, each line once',
    async (times) => {
      const log = await createLog();
      await log.write(300);
      const first = log.follow();
      await readAll(first);
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
    const log = await createLog();
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

test('what was read is known again when it is packed while we watch, unpacked or packed anew', async () => {
  const log = await createLog();
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

test('logs that begin alike are told apart by what follows', async () => {
  const log = await createLog();
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

test('a copy that was packed after a truncation is read from the place on', async () => {
  const log = await createLog();
  await log.write(100);
  const first = log.follow();
  await readAll(first);
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

test('writers that add to a file after it was packed do not have it counted twice', async () => {
  const log = await createLog();
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

test('a restart in the middle of an archive goes on there', async () => {
  const log = await createLog();
  await log.write(1);
  const first = log.follow();
  await readAll(first);
  const state = await stop(first);
  await appendFile(log.path, `${'x'.repeat(200)}\n`.repeat(100_000));
  await rotate(log, { delay: false });
  const second = log.follow(state);
  await second.poll();
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
  ['is none', () => Buffer.from('this is no archive'), /cannot be read/],
  [
    'unpacks to far more than a log can',
    () => gzipSync(Buffer.alloc(80 * 1024 * 1024, 'z')),
    /more than 200 times its size/,
  ],
])('an archive that %s is told, and nothing else is lost', async (_, spoil, wanted) => {
  const log = await createLog();
  await log.write(1);
  const first = log.follow();
  await readAll(first);
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

test('an archive that cannot be unpacked here is told when lines may be in it', async () => {
  const log = await createLog();
  await log.write(10);
  const first = log.follow();
  await readAll(first);
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

test('zstd is read where this Node.js has it, and told where not', async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const has = major > 23 || (major === 22 && minor >= 15) || (major === 23 && minor >= 8);
  const log = await createLog();
  await log.write(10);
  const first = log.follow();
  await readAll(first);
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
