import { dirname } from 'node:path';
import type { CriStream } from '../parse/cri-line.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import { present } from '../present.ts';
import { isReading, type SourceCondition, type SourceStats } from '../snapshot/log-source.ts';
import { type Expansion, expandPattern, isPattern } from './expand-pattern.ts';
import { explainAccess } from './explain-access.ts';
import type { FileQuota } from './file-quota.ts';
import { followFile } from './follow-file.ts';
import { emptyTotals, type FollowTotals } from './follow-ledger.ts';
import type { FileFollower } from './follow-state.ts';
import type { InputPlace, LogInput } from './log-input.ts';
import { listRing } from './log-siblings.ts';

export interface PathInputOptions {
  /** A path, or a pattern. Its files may appear later. */
  readonly pattern: string;
  readonly consume: LineConsumer;
  readonly start: 'end' | 'beginning';
  /** Shared by all logs. Absent: no bound. */
  readonly quota?: FileQuota;
  /** Whether the log is a ring of files, as from `rotatelogs -n`: each file is emptied when its turn comes again. */
  readonly isRing?: boolean;
  /** For containers' logs: the stream whose lines are counted. */
  readonly cri?: CriStream;
  /** From the checkpoint. */
  readonly place?: InputPlace;
  readonly graceMilliseconds?: number;
  readonly graceWithoutDirectoryMilliseconds?: number;
}

/** Follows all files of one configured path or pattern. Files that are gone are closed after a grace time. */
export function openPathInput(options: PathInputOptions): LogInput {
  return new PathInput(options);
}

/** A pattern with wildcards in its directories may match hundreds of directories on a Kubernetes node. */
const widePatternMilliseconds = 1000;
/** A deleted file keeps a descriptor open for its grace time. Short-lived jobs may leave thousands of them. */
const maximumDeleted = 32;

class PathInput implements LogInput {
  readonly #options: PathInputOptions;
  readonly #followers = new Map<string, FileFollower>();
  /** Totals of files that are no longer followed. */
  #gone: FollowTotals;
  /** Whether the files of the pattern could be listed. */
  #listing: SourceCondition = isReading;
  #listedAt = Number.NEGATIVE_INFINITY;
  #hasListed = false;

  constructor(options: PathInputOptions) {
    this.#options = options;
    this.#gone = options.place?.gone ?? emptyTotals;
  }

  async check(): Promise<boolean> {
    if (this.#isTimeToList()) await this.#followNew();
    let hasMore = false;
    for (const [path, follower] of this.#followers) {
      hasMore = (await follower.check()) || hasMore;
      if (follower.isFinished()) await this.#closeFollower(path, follower);
    }
    await this.#limitDeleted();
    return hasMore;
  }

  takeNotices(): readonly string[] {
    return [...this.#followers.values()].flatMap((follower) => follower.takeNotices());
  }

  condition(): SourceCondition {
    const followers = [...this.#followers.values()];
    return deriveCondition({ pattern: this.#options.pattern, listing: this.#listing, followers });
  }

  async stats(): Promise<SourceStats> {
    const followers = [...this.#followers.values()];
    const all = await Promise.all(followers.map((follower) => follower.stats()));
    const lagBytes = all.reduce((total, stats) => total + stats.lagBytes, 0);
    return { ...all.reduce<FollowTotals>(addTotals, this.#gone), lagBytes };
  }

  async place(): Promise<InputPlace | undefined> {
    if (!this.#hasListed) return this.#options.place;
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

  async #followNew(): Promise<void> {
    const { paths, obstacle } = await this.#list();
    this.#listing =
      obstacle === undefined ? isReading : await explainAccess(obstacle.path, obstacle.error);
    // Before the first successful listing, nothing shows which files are new.
    if (paths.length === 0 && obstacle !== undefined) return;
    for (const path of [...paths, ...this.#pathsOfCheckpoint()]) {
      if (!this.#followers.has(path)) this.#follow(path);
    }
    this.#hasListed = true;
  }

  async #list(): Promise<Expansion> {
    const { pattern, isRing } = this.#options;
    return isRing === true ? { paths: await listRing(pattern) } : expandPattern(pattern);
  }

  /** At the first listing a path of the checkpoint may be missing: its last lines are then in the renamed file. */
  #pathsOfCheckpoint(): readonly string[] {
    return this.#hasListed ? [] : Object.keys(this.#options.place?.files ?? {});
  }

  #follow(path: string): void {
    const state = this.#options.place?.files[path];
    // The state is for the first follower only. A later file of that name is another one.
    const isFirst = !this.#hasListed;
    const follower = followFile({
      ...this.#options,
      path,
      isOfRing: this.#options.isRing === true,
      // All lines of a file that appears later are new.
      start: isFirst ? this.#options.start : 'beginning',
      ...present({ state: isFirst ? state : undefined }),
    });
    this.#followers.set(path, follower);
  }

  /** Closes surplus deleted files that were read, in the order in which they appeared. */
  async #limitDeleted(): Promise<void> {
    let surplus = this.#followersOfMissing().length - maximumDeleted;
    for (const [path, follower] of surplus > 0 ? this.#followersOfMissing() : []) {
      if (surplus <= 0) return;
      if (!(await follower.isDeletedAndRead())) continue;
      await this.#closeFollower(path, follower);
      surplus -= 1;
    }
  }

  #followersOfMissing(): readonly (readonly [string, FileFollower])[] {
    return [...this.#followers].filter(
      ([, follower]) => follower.condition().reason === 'waiting_for_file',
    );
  }

  async #closeFollower(path: string, follower: FileFollower): Promise<void> {
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

interface Conditions {
  readonly pattern: string;
  readonly listing: SourceCondition;
  readonly followers: readonly FileFollower[];
}

/** The condition of the first file that cannot be read. A missing file of a pattern is no problem. */
function deriveCondition({ pattern, listing, followers }: Conditions): SourceCondition {
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
