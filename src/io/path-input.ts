import type { LineConsumer } from '../parse/split-lines.ts';
import { isReading, type SourceCondition, type SourceStats } from '../snapshot/log-source.ts';
import { expandPattern } from './expand-pattern.ts';
import { explainAccess } from './explain-access.ts';
import { type FileFollower, followFile } from './follow-file.ts';
import type { GoneTotals, InputPlace, LogInput } from './log-input.ts';

export interface PathInputOptions {
  /** A path, or a pattern whose files may appear later. */
  readonly pattern: string;
  readonly consume: LineConsumer;
  readonly start: 'end' | 'beginning';
  /** From the checkpoint. */
  readonly place?: InputPlace;
  readonly graceMilliseconds?: number;
}

/** All files of one configured path or pattern; files that vanished are let go after their grace time. */
export function openPathInput(options: PathInputOptions): LogInput {
  const { pattern } = options;
  const followers = new Map<string, FileFollower>();
  let gone: GoneTotals = options.place?.gone ?? {
    readBytes: 0,
    skippedBytes: 0,
    rotations: 0,
    tooLongLines: 0,
  };
  let listing: SourceCondition = isReading;
  let looked = false;

  const follow = (path: string): void => {
    const state = options.place?.files[path];
    // Taken once: a file of that name that comes after this one was let go is another.
    const isFirst = !looked;
    followers.set(
      path,
      followFile({
        ...options,
        path,
        // A file that comes while we watch is new: none of it was there before us.
        start: isFirst ? options.start : 'beginning',
        ...(state === undefined || !isFirst ? {} : { state }),
      }),
    );
  };

  /** Rotated away while nobody looked, and nothing stands at the path: the rest is in the renamed file. */
  const missed = (): readonly string[] =>
    looked ? [] : Object.keys(options.place?.files ?? {}).filter((path) => !followers.has(path));

  const openNew = async (): Promise<void> => {
    const expanded = await expandPattern(pattern);
    if (!expanded.ok) {
      listing = await explainAccess(pattern, expanded.error);
      return;
    }
    for (const path of [...expanded.value, ...missed()]) if (!followers.has(path)) follow(path);
    looked = true;
    listing = isReading;
  };

  const letGo = async (path: string, follower: FileFollower): Promise<void> => {
    if (path === pattern || !follower.isOver()) return;
    const { readBytes, skippedBytes, rotations, tooLongLines } = await follower.stats();
    gone = {
      readBytes: gone.readBytes + readBytes,
      skippedBytes: gone.skippedBytes + skippedBytes,
      rotations: gone.rotations + rotations,
      tooLongLines: gone.tooLongLines + tooLongLines,
    };
    followers.delete(path);
  };

  return {
    async poll() {
      await openNew();
      let more = false;
      for (const [path, follower] of followers) {
        more = (await follower.poll()) || more;
        await letGo(path, follower);
      }
      return more;
    },
    condition: () => describe({ pattern, listing, followers: [...followers.values()] }),
    async stats() {
      const all = await Promise.all([...followers.values()].map((follower) => follower.stats()));
      const sum = (read: (stats: Omit<SourceStats, 'lagBytes'>) => number) =>
        all.reduce((total, stats) => total + read(stats), read(gone));
      return {
        readBytes: sum(({ readBytes }) => readBytes),
        skippedBytes: sum(({ skippedBytes }) => skippedBytes),
        lagBytes: all.reduce((total, { lagBytes }) => total + lagBytes, 0),
        rotations: sum(({ rotations }) => rotations),
        tooLongLines: sum(({ tooLongLines }) => tooLongLines),
      };
    },
    async place() {
      if (!looked) return options.place;
      const files = [...followers].map(
        async ([path, follower]) => [path, await follower.state()] as const,
      );
      return { files: Object.fromEntries(await Promise.all(files)), gone };
    },
    async close() {
      for (const follower of followers.values()) await follower.close();
      followers.clear();
    },
  };
}

interface Parts {
  readonly pattern: string;
  readonly listing: SourceCondition;
  readonly followers: readonly FileFollower[];
}

/** The first obstacle; that a file of a pattern has vanished is none. */
function describe({ pattern, listing, followers }: Parts): SourceCondition {
  if (listing.reason !== 'reading') return listing;
  const conditions = followers.map((follower) => follower.condition());
  const isPattern = /[*?]/.test(pattern);
  const obstacle = conditions.find(
    ({ reason }) => reason !== 'reading' && !(isPattern && reason === 'waiting_for_file'),
  );
  if (obstacle !== undefined) return obstacle;
  if (conditions.some(({ reason }) => reason === 'reading')) return isReading;
  return {
    reason: 'nothing_matches',
    remedy: `no file matches "${pattern}"; check the pattern, or wait for the server to create one`,
  };
}
