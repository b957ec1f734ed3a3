import { appendFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandPattern } from '../../src/io/expand-pattern.ts';
import { followFile } from '../../src/io/follow-file.ts';
import type { FollowState } from '../../src/io/follow-state.ts';
import { openPathInput } from '../../src/io/path-input.ts';
import { keepTempDirectory } from '../support/keep.ts';

/** Follows a path from its beginning, or from a state, to its current end. */
async function readLines(path: string, state?: FollowState) {
  const seen: string[] = [];
  const follower = followFile({
    path,
    start: 'beginning',
    consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
    ...(state === undefined ? {} : { state }),
  });
  const read = async () => {
    while (await follower.check());
    return seen;
  };
  await read();
  return { seen, read, follower };
}

async function createLog(text: string): Promise<string> {
  const path = join(await keepTempDirectory('log'), 'access.log');
  await writeFile(path, text);
  return path;
}

describe('a followed file', () => {
  test('B3 that is truncated without a copy is read from its new beginning', async () => {
    const path = await createLog('one\ntwo\n');
    const { read, follower } = await readLines(path);
    await truncate(path, 0);
    await appendFile(path, 'three\n');
    expect(await read()).toEqual(['one', 'two', 'three']);
    await follower.close();
  });

  test('B4 that is overwritten with the same length and the same first line is read from its beginning', async () => {
    const path = await createLog('start\none\ntwo\n');
    const { read, follower } = await readLines(path);
    await truncate(path, 0);
    await writeFile(path, 'start\nsix\nten\n');
    expect((await read()).slice(3)).toEqual(['start', 'six', 'ten']);
    await follower.close();
  });

  test('B5 whose inode number is reused during a restart is recognised by its content', async () => {
    const path = await createLog('one\ntwo\nthree\n');
    const { follower } = await readLines(path);
    const state = await follower.state();
    await follower.close();
    // A file system may reuse an inode number. The other file has other content and is longer than the part read.
    await writeFile(path, 'a request\nother request\nnext request\n');
    const second = await readLines(path, state);
    expect(second.seen).toEqual(['a request', 'other request', 'next request']);
    await second.follower.close();
  });

  test('B6 is followed when its symbolic link is changed to the next file, as Kubernetes does', async () => {
    const directory = await keepTempDirectory('links');
    const link = join(directory, 'container.log');
    await writeFile(join(directory, '0.log'), 'one\n');
    await symlink('0.log', link);
    const { seen, read, follower } = await readLines(link);
    await appendFile(join(directory, '0.log'), 'two\n');
    await writeFile(join(directory, '1.log'), 'three\n');
    await rm(link);
    await symlink('1.log', link);
    await read();
    await rm(link);
    await symlink('nowhere', link);
    await read();
    expect(follower.condition().reason).toBe('waiting_for_file');
    expect(seen.toSorted()).toEqual(['one', 'three', 'two']);
    await follower.close();
  });

  test('B7 keeps a line together across checks, a restart and a character cut in two', async () => {
    const path = await createLog('');
    const first = await readLines(path);
    const line = Buffer.from('caf\u00e9 \u2713\r\n');
    await appendFile(path, line.subarray(0, 4));
    await first.read();
    const state = await first.follower.state();
    await first.follower.close();
    await appendFile(path, line.subarray(4));
    const second = await readLines(path, state);
    expect([...first.seen, ...second.seen]).toEqual(['caf\u00e9 \u2713\r']);
    await second.follower.close();
  });

  test('B7 that ends in the middle of a line when it is rotated keeps the line for a late writer', async () => {
    const path = await createLog('one\nhalf');
    const { read, follower } = await readLines(path);
    await rename(path, `${path}.1`);
    await writeFile(path, 'next\n');
    expect(await read()).toEqual(['one', 'next']);
    await appendFile(`${path}.1`, ' done\n');
    expect(await read()).toEqual(['one', 'next', 'half done']);
    await follower.close();
  });

  test('B8 with a line of 100 MB and no end is read in bounded memory, and the next line counts', async () => {
    const path = await createLog('');
    const { seen, read, follower } = await readLines(path);
    const piece = Buffer.alloc(10 * 1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let part = 0; part < 10; part++) {
      await appendFile(path, piece);
      await read();
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024);
    await appendFile(path, '\nnext\n');
    await read();
    expect(seen).toEqual(['next']);
    expect((await follower.stats()).tooLongLines).toBe(1);
    await follower.close();
  });

  test('B15 with a long backlog lets other work run after a limited part', async () => {
    const directory = await keepTempDirectory('backlog');
    await writeFile(join(directory, 'long.log'), Buffer.alloc(64 * 1024 * 1024, 'line\n'));
    await writeFile(join(directory, 'short.log'), 'last\n');
    let last = '';
    const input = openPathInput({
      pattern: join(directory, '*.log'),
      start: 'beginning',
      consume: (bytes, start, end) => {
        last = bytes.toString('latin1', start, end);
      },
    });
    expect(await input.check()).toBe(true);
    expect(last).toBe('last');
    const { readBytes, lagBytes } = await input.stats();
    expect(readBytes).toBeLessThan(17 * 1024 * 1024);
    expect(lagBytes).toBeGreaterThan(47 * 1024 * 1024);
    await input.close();
  });
});

test('B16 of a pattern, compressed files, what rotation leaves and what editors leave is not counted again', async () => {
  const directory = await keepTempDirectory('pattern');
  const names = ['a.log', 'a.log.1', 'a.log-20261121', 'a.log.2.gz', 'a.log.3.zst', '.a.log.swp'];
  for (const name of names) await writeFile(join(directory, name), 'line\n');
  const expanded = await expandPattern(join(directory, 'a.log*'));
  expect(expanded.paths).toEqual([join(directory, 'a.log')]);
});
