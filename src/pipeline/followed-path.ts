import { expandPattern } from '../io/expand-pattern.ts';
import type { FollowState } from '../io/follow-file.ts';
import { type FileFollower, followFile } from '../io/follow-file.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import type { SourceStats } from '../snapshot/log-source.ts';

export interface FollowedPathOptions {
  /** A path, or a pattern whose files may appear later. */
  readonly pattern: string;
  readonly consume: LineConsumer;
  readonly start: 'end' | 'beginning';
  /** By path, from the checkpoint. */
  readonly states: Readonly<Record<string, FollowState>>;
}

/** All files of one configured path or pattern. */
export interface FollowedPath {
  poll(): Promise<boolean>;
  states(): Promise<Readonly<Record<string, FollowState>>>;
  stats(): Promise<SourceStats>;
  isOpen(): boolean;
  close(): Promise<void>;
}

export function createFollowedPath(options: FollowedPathOptions): FollowedPath {
  const { pattern, consume, start, states } = options;
  const followers = new Map<string, FileFollower>();
  let looked = false;

  const openNew = async (): Promise<void> => {
    for (const path of await expandPattern(pattern)) {
      if (followers.has(path)) continue;
      const state = states[path];
      followers.set(
        path,
        await followFile({
          path,
          consume,
          // A file that comes while we watch is new: none of it was there before us.
          start: looked ? 'beginning' : start,
          ...(state === undefined ? {} : { state }),
        }),
      );
    }
    looked = true;
  };

  return {
    async poll() {
      await openNew();
      let more = false;
      for (const follower of followers.values()) more = (await follower.poll()) || more;
      return more;
    },
    async states() {
      const entries = [...followers].map(async ([path, follower]) => [
        path,
        await follower.state(),
      ]);
      return Object.fromEntries(await Promise.all(entries)) as Record<string, FollowState>;
    },
    async stats() {
      const all = await Promise.all(
        [...followers.values()].map(async (follower) => ({
          ...(await follower.state()),
          lagBytes: await follower.lag(),
        })),
      );
      const sum = (read: (stats: (typeof all)[number]) => number) =>
        all.reduce((total, stats) => total + read(stats), 0);
      return {
        readBytes: sum(({ readBytes }) => readBytes),
        skippedBytes: sum(({ skippedBytes }) => skippedBytes),
        lagBytes: sum(({ lagBytes }) => lagBytes),
        rotations: sum(({ rotations }) => rotations),
        tooLongLines: sum(({ tooLongLines }) => tooLongLines),
      };
    },
    isOpen: () => [...followers.values()].some((follower) => follower.isOpen()),
    async close() {
      for (const follower of followers.values()) await follower.close();
    },
  };
}
