import { dirname } from 'node:path';
import type { CriStream } from '../parse/cri-line.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import { isReading, type SourceCondition, type SourceStats } from '../snapshot/log-source.ts';
import { type Expansion, expandPattern, isPattern } from './expand-pattern.ts';
import { explainAccess } from './explain-access.ts';
import { followFile } from './follow-file.ts';
import type { FollowTotals } from './follow-ledger.ts';
import type { FileFollower } from './follow-state.ts';
import type { InputPlace, LogInput } from './log-input.ts';
import { listRing } from './log-siblings.ts';

export interface PathInputOptions {
  /** A path, or a pattern whose files may appear later. */
  readonly pattern: string;
  readonly consume: LineConsumer;
  readonly start: 'end' | 'beginning';
  /** Whether the log is a ring of files, as `rotatelogs -n` makes it: each is emptied when its turn comes again. */
  readonly isRing?: boolean;
  /** For containers' logs: the stream whose lines are handed on. */
  readonly cri?: CriStream;
  /** From the checkpoint. */
  readonly place?: InputPlace;
  readonly graceMilliseconds?: number;
  readonly graceWithoutDirectoryMilliseconds?: number;
}

/** All files of one configured path or pattern; files that vanished are let go after their grace time. */
export function openPathInput(options: PathInputOptions): LogInput {
  return new PathInput(options);
}

const noTotals: FollowTotals = { readBytes: 0, skippedBytes: 0, rotations: 0, tooLongLines: 0 };
/** On a node of Kubernetes a pattern names files in hundreds of directories. */
const widePatternMilliseconds = 1000;
/** Each costs a descriptor for its grace time; jobs that come and go may leave thousands. */
const mostDeleted = 32;

class PathInput implements LogInput {
  readonly #options: PathInputOptions;
  readonly #followers = new Map<string, FileFollower>();
  #gone: FollowTotals;
  #listing: SourceCondition = isReading;
  #listedAt = Number.NEGATIVE_INFINITY;
  #looked = false;

  constructor(options: PathInputOptions) {
    this.#options = options;
    this.#gone = options.place?.gone ?? noTotals;
  }

  async poll(): Promise<boolean> {
    if (this.#isTimeToList()) await this.#openNew();
    let more = false;
    for (const [path, follower] of this.#followers) {
      more = (await follower.poll()) || more;
      if (follower.isOver()) await this.#letGo(path, follower);
    }
    await this.#boundDeleted();
    return more;
  }

  takeNotices(): readonly string[] {
    return [...this.#followers.values()].flatMap((follower) => follower.takeNotices());
  }

  condition(): SourceCondition {
    const followers = [...this.#followers.values()];
    return describe({ pattern: this.#options.pattern, listing: this.#listing, followers });
  }

  async stats(): Promise<SourceStats> {
    const followers = [...this.#followers.values()];
    const all = await Promise.all(followers.map((follower) => follower.stats()));
    const lagBytes = all.reduce((total, stats) => total + stats.lagBytes, 0);
    return { ...all.reduce<FollowTotals>(addTotals, this.#gone), lagBytes };
  }

  async place(): Promise<InputPlace | undefined> {
    if (!this.#looked) return this.#options.place;
    const files = [...this.#followers].map(
      async ([path, follower]) => [path, await follower.state()] as const,
    );
    return { files: Object.fromEntries(await Promise.all(files)), gone: this.#gone };
  }

  async close(): Promise<void> {
    for (const follower of this.#followers.values()) await follower.close();
    this.#followers.clear();
  }

  #isTimeToList(): boolean {
    const isWide = isPattern(dirname(this.#options.pattern));
    const isTime = performance.now() - this.#listedAt >= widePatternMilliseconds;
    if (isTime) this.#listedAt = performance.now();
    return isTime || !isWide;
  }

  async #openNew(): Promise<void> {
    const { paths, obstacle } = await this.#list();
    this.#listing =
      obstacle === undefined ? isReading : await explainAccess(obstacle.path, obstacle.error);
    // Until the directory could be listed, files that were there before us are not told from new ones.
    if (paths.length === 0 && obstacle !== undefined) return;
    for (const path of [...paths, ...this.#missed()]) {
      if (!this.#followers.has(path)) this.#follow(path);
    }
    this.#looked = true;
  }

  async #list(): Promise<Expansion> {
    const { pattern, isRing } = this.#options;
    return isRing === true ? { paths: await listRing(pattern) } : expandPattern(pattern);
  }

  /** Rotated away while nobody looked, and nothing stands at the path: the rest is in the renamed file. */
  #missed(): readonly string[] {
    return this.#looked ? [] : Object.keys(this.#options.place?.files ?? {});
  }

  #follow(path: string): void {
    const state = this.#options.place?.files[path];
    // Taken once: a file of that name that comes after this one was let go is another.
    const isFirst = !this.#looked;
    const follower = followFile({
      ...this.#options,
      path,
      isOfRing: this.#options.isRing === true,
      // A file that comes while we watch is new: none of it was there before us.
      start: isFirst ? this.#options.start : 'beginning',
      ...(state === undefined || !isFirst ? {} : { state }),
    });
    this.#followers.set(path, follower);
  }

  /** Those that were deleted first go first. */
  async #boundDeleted(): Promise<void> {
    let surplus = this.#vanished().length - mostDeleted;
    for (const [path, follower] of surplus > 0 ? this.#vanished() : []) {
      if (surplus <= 0) return;
      if (!(await follower.isDeletedAndRead())) continue;
      await this.#letGo(path, follower);
      surplus -= 1;
    }
  }

  #vanished(): readonly (readonly [string, FileFollower])[] {
    return [...this.#followers].filter(
      ([, follower]) => follower.condition().reason === 'waiting_for_file',
    );
  }

  async #letGo(path: string, follower: FileFollower): Promise<void> {
    if (path === this.#options.pattern) return;
    this.#gone = addTotals(this.#gone, await follower.stats());
    this.#followers.delete(path);
    await follower.close();
  }
}

function addTotals(sum: FollowTotals, stats: FollowTotals): FollowTotals {
  return {
    readBytes: sum.readBytes + stats.readBytes,
    skippedBytes: sum.skippedBytes + stats.skippedBytes,
    rotations: sum.rotations + stats.rotations,
    tooLongLines: sum.tooLongLines + stats.tooLongLines,
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
  const obstacle = conditions.find(
    ({ reason }) => reason !== 'reading' && !(isPattern(pattern) && reason === 'waiting_for_file'),
  );
  if (obstacle !== undefined) return obstacle;
  if (conditions.some(({ reason }) => reason === 'reading')) return isReading;
  return {
    reason: 'nothing_matches',
    remedy: `no file matches "${pattern}"; check the pattern, or wait for the server to create one`,
  };
}
