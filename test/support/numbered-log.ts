import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { followFile } from '../../src/io/follow-file.ts';
import type { FileFollower, FollowState } from '../../src/io/follow-state.ts';

/** A log with numbered lines in a directory of its own, and followers that record the lines they read. */
export type NumberedLog = Awaited<ReturnType<typeof createNumberedLog>>;

export async function createNumberedLog(
  atEnd: (cleanup: () => Promise<void>) => void = onTestFinished,
) {
  const directory = await mkdtemp(join(tmpdir(), 'numbered-log-'));
  atEnd(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'access.log');
  const seen: string[] = [];
  let written = 0;
  const lines = (count: number) =>
    Array.from({ length: count }, () => `line ${written++}\n`).join('');
  return {
    path,
    directory,
    seen,
    lines,
    write: (count: number) => appendFile(path, lines(count)),
    follow(state?: FollowState): FileFollower {
      const follower = followFile({
        path,
        start: 'beginning',
        consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
        ...(state === undefined ? {} : { state }),
      });
      atEnd(() => follower.close());
      return follower;
    },
    all: () => Array.from({ length: written }, (_, number) => `line ${number}`),
  };
}

export async function readAll(follower: FileFollower): Promise<void> {
  while (await follower.check());
}

/** A log with some lines, and a follower that has read them. */
export async function followNumberedLog(lines: number) {
  const log = await createNumberedLog();
  await log.write(lines);
  const follower = log.follow();
  await readAll(follower);
  return { log, follower };
}
