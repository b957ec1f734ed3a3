import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { followFile } from '../../src/io/follow-file.ts';
import type { FollowState } from '../../src/io/follow-state.ts';
import { asNobody } from '../support/as-nobody.ts';
import { descriptorsIn } from '../support/descriptors-in.ts';
import { requireBinary } from '../support/find-binary.ts';

/**
 * A log in a directory of its own, lines numbered as they are written, and a follower that notes what it saw. Random
 * sequences of writes, rotations, restarts and crashes are in tail-program.test.ts.
 */
async function createLog() {
  const directory = await mkdtemp(join(tmpdir(), 'follow-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'access.log');
  const seen: string[] = [];
  let written = 0;
  const consume = (bytes: Uint8Array, start: number, end: number) => {
    seen.push(Buffer.from(bytes.subarray(start, end)).toString());
  };
  return {
    path,
    seen,
    lines: (count: number) => Array.from({ length: count }, () => `line ${written++}\n`).join(''),
    async write(count: number) {
      await appendFile(path, this.lines(count));
    },
    follow: (state?: FollowState) =>
      followFile({ path, consume, start: 'beginning', ...(state === undefined ? {} : { state }) }),
    all: () => Array.from({ length: written }, (_, number) => `line ${number}`),
  };
}

async function readAll(follower: { poll(): Promise<boolean> }): Promise<void> {
  while (await follower.poll());
}

const sorted = (lines: readonly string[]) => lines.toSorted();

describe('followFile()', () => {
  test('B7 reads every line once as the file grows, half lines when they are whole', async () => {
    const log = await createLog();
    await log.write(3);
    const follower = await log.follow();
    await readAll(follower);
    await appendFile(log.path, 'half');
    await readAll(follower);
    expect(log.seen).toEqual(log.all());
    await appendFile(log.path, ' done\n');
    await readAll(follower);
    expect(log.seen.at(-1)).toBe('half done');
    await follower.close();
  });

  test('start: end counts nothing that was there, not even the rest of a line', async () => {
    const log = await createLog();
    await appendFile(log.path, 'old\nhalf');
    const seen: string[] = [];
    const follower = await followFile({
      path: log.path,
      start: 'end',
      consume: (bytes, start, end) => seen.push(Buffer.from(bytes.subarray(start, end)).toString()),
    });
    await readAll(follower);
    await appendFile(log.path, ' new\nnext\n');
    await readAll(follower);
    expect(seen).toEqual(['half new', 'next']);
    await follower.close();
  });

  test('B1 B2 a renamed file is read on while its writer still writes', async () => {
    const log = await createLog();
    await log.write(2);
    const follower = await log.follow();
    await readAll(follower);
    const writer = await open(log.path, 'a');
    await rename(log.path, `${log.path}.1`);
    await log.write(2);
    await readAll(follower);
    await writer.appendFile(log.lines(2));
    await readAll(follower);
    await writer.close();
    expect(sorted(log.seen)).toEqual(sorted(log.all()));
    expect(await follower.state()).toMatchObject({ rotations: 1, skippedBytes: 0 });
    await follower.close();
  });

  test('B3 what is written between the last read and a copytruncate is read from the copy', async () => {
    const log = await createLog();
    await log.write(5);
    const follower = await log.follow();
    await readAll(follower);
    await log.write(4);
    await copyFile(log.path, `${log.path}.1`);
    await truncate(log.path, 0);
    await log.write(1);
    await readAll(follower);
    expect(sorted(log.seen)).toEqual(sorted(log.all()));
    await follower.close();
  });

  test('B4 a file that was truncated and has regrown past the old size is known by its content', async () => {
    const log = await createLog();
    await log.write(5);
    const follower = await log.follow();
    await readAll(follower);
    await writeFile(log.path, log.lines(50));
    await readAll(follower);
    expect(sorted(log.seen)).toEqual(sorted(log.all()));
    await follower.close();
  });

  test('B1 a deleted file that comes again is read from its beginning', async () => {
    const log = await createLog();
    await log.write(2);
    const follower = await log.follow();
    await readAll(follower);
    await rm(log.path);
    await readAll(follower);
    await log.write(3);
    await readAll(follower);
    expect(log.seen).toEqual(log.all());
    await follower.close();
  });

  test('B14 a file that is not there yet is read from its beginning when it comes', async () => {
    const log = await createLog();
    const follower = await log.follow();
    expect(await follower.poll()).toBe(false);
    await log.write(3);
    await readAll(follower);
    expect(log.seen).toEqual(log.all());
    await follower.close();
  });

  test('B1 after a restart it goes on where it was, through rotations that happened meanwhile', async () => {
    const log = await createLog();
    await log.write(5);
    const first = await log.follow();
    await readAll(first);
    const state = JSON.parse(JSON.stringify(await first.state())) as FollowState;
    await first.close();
    await log.write(2);
    await rename(log.path, `${log.path}.2`);
    await log.write(3);
    await rename(log.path, `${log.path}.1`);
    await log.write(4);
    const second = await log.follow(state);
    await readAll(second);
    expect(sorted(log.seen)).toEqual(sorted(log.all()));
    await second.close();
  });

  test('B8 a line over 1 MiB is counted and passed over', async () => {
    const log = await createLog();
    await appendFile(log.path, `${'x'.repeat(1024 * 1024 + 1)}\nshort\n`);
    const follower = await log.follow();
    await readAll(follower);
    expect(log.seen).toEqual(['short']);
    expect((await follower.state()).tooLongLines).toBe(1);
    await follower.close();
  });

  test('B1 two renames between two polls lose nothing', async () => {
    const log = await createLog();
    await log.write(7);
    const follower = await log.follow();
    await readAll(follower);
    await rename(log.path, `${log.path}.2`);
    await log.write(7);
    await rename(log.path, `${log.path}.1`);
    await log.write(7);
    await readAll(follower);
    expect(sorted(log.seen)).toEqual(sorted(log.all()));
    await follower.close();
  });

  test('B14 a directory that may be entered but not listed: restarts count nothing twice', async () => {
    const log = await createLog();
    await log.write(7);
    const directory = dirname(log.path);
    await chmod(directory, 0o711);
    await asNobody(async () => {
      let state: FollowState | undefined;
      for (let restart = 0; restart < 3; restart++) {
        const follower = await log.follow(state);
        await readAll(follower);
        state = await follower.state();
        await follower.close();
      }
    });
    expect(log.seen).toEqual(log.all());
  });

  test('a copy that a person makes is not counted, with the exporter there or away', async () => {
    const log = await createLog();
    await log.write(7);
    const first = await log.follow();
    await readAll(first);
    const state = await first.state();
    await first.close();
    await copyFile(log.path, `${log.path}.bak`);
    await copyFile(log.path, `${log.path}.1`);
    const second = await log.follow(state);
    await readAll(second);
    await copyFile(log.path, `${log.path}.2`);
    await log.write(1);
    await readAll(second);
    expect(log.seen).toEqual(log.all());
    await second.close();
  });

  test('B14 a file that may not be read for a while is read on from where it was, and none of it twice', async () => {
    const log = await createLog();
    await log.write(7);
    const first = await log.follow();
    await readAll(first);
    const state = await first.state();
    await first.close();
    await log.write(2);
    await chmod(dirname(log.path), 0o755);
    await chmod(log.path, 0);
    const second = await log.follow(state);
    await asNobody(async () => {
      expect(await second.poll()).toBe(false);
      expect(second.condition().reason).toBe('permission_denied');
      expect(await second.state()).toEqual(state);
    });
    await chmod(log.path, 0o644);
    await readAll(second);
    expect(second.condition().reason).toBe('reading');
    expect(log.seen).toEqual(log.all());
    await second.close();
  });

  test('B9 NUL bytes that a truncation leaves before a line do not cost the line', async () => {
    const log = await createLog();
    const follower = await log.follow();
    await appendFile(log.path, Buffer.concat([Buffer.alloc(2 * 1024 * 1024), Buffer.from('a\n')]));
    await appendFile(log.path, '\0\0b\n');
    await readAll(follower);
    expect(log.seen).toEqual(['a', 'b']);
    await follower.close();
  });

  test.each([
    ['a directory', (path: string) => mkdir(path)],
    ['a loop of links', (path: string) => symlink(path, path)],
    ['a named pipe', async (path: string) => void execFileSync(requireBinary('mkfifo'), [path])],
  ])('B6 a file replaced by %s is told, and read again when it is back', async (_, replace) => {
    const log = await createLog();
    await log.write(3);
    const follower = await log.follow();
    await readAll(follower);
    await rename(log.path, `${log.path}.1`);
    await replace(log.path);
    await readAll(follower);
    expect(follower.condition().reason).toBe('not_a_file');
    await rm(log.path, { recursive: true });
    await log.write(3);
    await readAll(follower);
    expect(follower.condition().reason).toBe('reading');
    expect(sorted(log.seen)).toEqual(sorted(log.all()));
    await follower.close();
    expect(descriptorsIn(dirname(log.path))).toBe(0);
  });
});
