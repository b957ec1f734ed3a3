import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CriUnwrapper, createCriUnwrapper } from '../parse/cri-line.ts';
import { isReading, type SourceCondition, type SourceStats } from '../snapshot/log-source.ts';
import { chooseGrace } from './drain-grace.ts';
import { errorCode, explainAccess } from './explain-access.ts';
import type { FilePlace } from './file-place.ts';
import { findPlace, refuseClosed } from './find-place.ts';
import { FollowLedger, type FollowTotals } from './follow-ledger.ts';
import type { FileFollower, FollowOptions, FollowState } from './follow-state.ts';
import { KnownFiles } from './known-files.ts';
import type { LogFile } from './log-file.ts';
import {
  findHome,
  type ListSiblings,
  listAlone,
  listSiblings,
  type Sibling,
} from './log-siblings.ts';
import { checkReadable, endOfLastLine } from './open-regular.ts';
import { RotatedFiles } from './rotated-files.ts';
import { RotationFinder } from './rotation-finder.ts';

/** A longer half line is not kept over a restart: then its end counts as unparsed. */
const longestKept = 64 * 1024;
const noTotals: FollowTotals = { readBytes: 0, skippedBytes: 0, rotations: 0, tooLongLines: 0 };

/**
 * Follows a log file by what it is, not by what it is called: through renaming (the old file is read on, for servers
 * write to it until they reopen), copying and truncating (what fell into the gap is read from the copy), packing,
 * deletion and re-creation, and restarts of the exporter. What stands in the way is told by condition(), never thrown.
 */
export function followFile(options: FollowOptions): FileFollower {
  return new Follower(options);
}

interface Found {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
}

class Follower implements FileFollower {
  readonly #options: FollowOptions;
  readonly #unwrapper: CriUnwrapper | undefined;
  readonly #ledger: FollowLedger;
  readonly #list: ListSiblings;
  readonly #rotated: RotatedFiles;
  readonly #known: KnownFiles;
  readonly #finder: RotationFinder;
  #current: LogFile | undefined;
  /** Whether the path was looked at: files that appear later are read from their beginning. */
  #began: boolean;
  /** A state whose files could not be opened yet. */
  #unresumed: FollowState | undefined;
  /** Size of a file that stood there at the start and could not be opened: what comes after it is new. */
  #sizeAtStart: number | undefined;
  #hadFile: boolean;
  /** The directory of the file itself, where the path may be a link to it. */
  #home: string | undefined;
  #condition: SourceCondition = isReading;

  constructor(options: FollowOptions) {
    const { path, state } = options;
    const { readBytes, skippedBytes, rotations, tooLongLines } = state ?? noTotals;
    this.#options = options;
    this.#unwrapper = createUnwrapper(options);
    const consume = this.#unwrapper?.consume ?? options.consume;
    this.#ledger = new FollowLedger(consume, { readBytes, skippedBytes, rotations, tooLongLines });
    this.#list = options.isOfRing === true ? listAlone : listSiblings;
    this.#rotated = new RotatedFiles({ path, ledger: this.#ledger, list: this.#list });
    this.#known = new KnownFiles(state?.siblings ?? undefined);
    this.#finder = new RotationFinder({
      path,
      ledger: this.#ledger,
      list: this.#list,
      rotated: this.#rotated,
      known: this.#known,
      current: () => this.#current,
    });
    this.#unresumed = state;
    this.#began = state !== undefined;
    this.#hadFile = (state?.places.length ?? 0) > 0;
  }

  async poll(): Promise<boolean> {
    try {
      await this.#resume();
      await this.#checkPath();
      this.#condition = isReading;
    } catch (error) {
      this.#condition = await explainAccess(this.#options.path, error);
    }
    // Lines must not be counted while the state still names the places before them.
    if (this.#unresumed !== undefined) return false;
    const isAlone = this.#current === undefined && !this.#rotated.isEmpty();
    const grace = await chooseGrace(this.#options, isAlone ? this.#home : undefined);
    const more = await this.#rotated.poll(grace);
    // A line may begin in one container's log and end in the next: the older file comes first.
    if (this.#current === undefined || this.#rotated.isCatchingUp()) return more;
    return (await this.#ledger.read(this.#current)) > 0 || more;
  }

  async state(): Promise<FollowState> {
    if (this.#unresumed !== undefined) return this.#unresumed;
    const unfinished = this.#unwrapper?.unfinished() ?? Buffer.alloc(0);
    return {
      ...this.#sums(),
      places: this.#finder.places(),
      siblings: this.#known.marks() ?? null,
      unfinished: unfinished.length > longestKept ? '' : unfinished.toString('base64'),
    };
  }

  async stats(): Promise<SourceStats> {
    const lagBytes = ((await this.#current?.lag()) ?? 0) + (await this.#rotated.lag());
    return { ...this.#sums(), lagBytes };
  }

  condition(): SourceCondition {
    return this.#condition;
  }

  takeNotices(): readonly string[] {
    return this.#ledger.takeNotices();
  }

  isOver(): boolean {
    const isEmpty = this.#current === undefined && this.#rotated.isEmpty();
    return this.#condition.reason === 'waiting_for_file' && isEmpty;
  }

  async isDeletedAndRead(): Promise<boolean> {
    if (this.#condition.reason !== 'waiting_for_file') return false;
    const deleted = await Promise.all(this.#rotated.files().map((file) => file.isDeleted()));
    return deleted.every(Boolean) && (await this.#rotated.lag()) === 0;
  }

  async close(): Promise<void> {
    const file = this.#current;
    this.#current = undefined;
    await this.#rotated.close();
    await file?.close();
  }

  #sums(): FollowTotals {
    const totals = this.#ledger.totals();
    const open = (this.#current?.tooLongLines() ?? 0) + this.#rotated.tooLongLines();
    const parts = this.#unwrapper?.tooLong() ?? 0;
    return { ...totals, tooLongLines: totals.tooLongLines + open + parts };
  }

  /** Brings `#current` in line with what stands at the path now. */
  async #checkPath(): Promise<void> {
    const { path } = this.#options;
    // Before the look at the path: while that is unchanged, nothing in the list is the work of a rotation.
    const listed = await this.#finder.listNowAndThen();
    const stats = await stat(path).catch((error: unknown) => this.#missing(error));
    if (!stats.isFile()) await checkReadable(path);
    if (this.#current === undefined) await this.#openAtPath(stats);
    else if (stats.ino !== this.#current.ino || stats.dev !== this.#current.dev) {
      await this.#letCurrentDrain();
      await this.#openAtPath(stats);
    } else if (!(await this.#current.isIntact())) await this.#startTruncated(this.#current);
    else if (listed !== undefined) await this.#finder.takeList(listed);
  }

  /** A file that vanished is read on for a while, as a renamed one is. */
  async #missing(error: unknown): Promise<never> {
    if (errorCode(error) === 'ENOENT') {
      this.#began = true;
      await this.#letCurrentDrain();
    }
    throw error;
  }

  async #letCurrentDrain(): Promise<void> {
    const file = this.#current;
    if (file === undefined) return;
    // Emptied and then renamed or deleted, all since the last look.
    if (!(await file.isIntact())) await this.#startTruncated(file);
    this.#current = undefined;
    this.#rotated.drainLater(file);
  }

  async #openAtPath(found: Found): Promise<void> {
    const { path } = this.#options;
    this.#current = await this.#rotated.takeBack(found);
    if (this.#current !== undefined) return;
    const isNew = this.#began || this.#options.start === 'beginning';
    this.#sizeAtStart ??= found.size;
    const offset = isNew ? 0 : await endOfLastLine(path, this.#sizeAtStart);
    this.#current = await this.#ledger.openText(path, offset);
    this.#finder.expectCopies();
    this.#home = dirname(await findHome(path));
    if (this.#hadFile) {
      this.#ledger.countRotation();
      await this.#finder.takeNew();
    } else await this.#finder.rememberFirst();
    this.#began = true;
    this.#hadFile = true;
  }

  async #startTruncated(file: LogFile): Promise<void> {
    const place = this.#ledger.place(file);
    this.#ledger.countRotation();
    if (place !== undefined) await this.#finder.recoverFromCopy(place);
    await this.#ledger.restart(file);
    this.#finder.expectCopies();
    await this.#finder.takeNew(place === undefined ? [] : [place]);
  }

  /** Opens what was being read when the state was taken, and what has come since, oldest first. */
  async #resume(): Promise<void> {
    const state = this.#unresumed;
    if (state === undefined) return;
    const { path } = this.#options;
    const siblings = await this.#list(path);
    await refuseClosed(path, siblings);
    const copied: FilePlace[] = [];
    for (const place of state.places) {
      const file = await findPlace(siblings.files, place);
      if (file === undefined) this.#finder.tellLost(siblings);
      else {
        if (file.ino !== place.ino) copied.push(place);
        await this.#reopen(file, place);
      }
    }
    this.#unresumed = undefined;
    await this.#finder.takeNew(copied);
  }

  async #reopen(file: Sibling, place: FilePlace): Promise<void> {
    if (this.#finder.isOpen(file)) return;
    if (file.path !== this.#options.path) this.#rotated.add(file, { place, isCopy: false });
    else this.#current = await this.#ledger.openAt(file, place);
  }
}

function createUnwrapper({ cri, consume, state }: FollowOptions): CriUnwrapper | undefined {
  if (cri === undefined) return undefined;
  const unfinished = Buffer.from(state?.unfinished ?? '', 'base64');
  return createCriUnwrapper({ stream: cri, consume, unfinished });
}
