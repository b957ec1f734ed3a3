import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CriStream, type CriUnwrapper, createCriUnwrapper } from '../parse/cri-line.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import { isReading, type SourceCondition, type SourceStats } from '../snapshot/log-source.ts';
import { errorCode, explainAccess, isDenied } from './explain-access.ts';
import type { FileMark } from './file-mark.ts';
import type { FilePlace } from './file-place.ts';
import { FollowLedger, type FollowTotals } from './follow-ledger.ts';
import { KnownFiles } from './known-files.ts';
import type { LogFile } from './log-file.ts';
import { findHome, listSiblings, type Sibling, type Siblings } from './log-siblings.ts';
import { checkReadable, endOfLastLine } from './open-regular.ts';
import { findPlace, RotatedFiles } from './rotated-files.ts';
import { RotationFinder } from './rotation-finder.ts';

/** Where following of a path stands. Survives as JSON, in one record with what was counted from the lines. */
export interface FollowState extends FollowTotals {
  /** Rotated files in the order in which they are read, then the file at the path. */
  readonly places: readonly FilePlace[];
  /** Rotated files and copies that stood beside it: on resuming, only those not listed are new. Null: not known. */
  readonly siblings: readonly FileMark[] | null;
  /** Parts of a container's line whose end has not come (base64); short ones only. */
  readonly unfinished: string;
}

export interface FollowOptions {
  readonly path: string;
  readonly consume: LineConsumer;
  /** Where to begin without a state: `end` counts nothing that was there before the exporter. */
  readonly start: 'end' | 'beginning';
  readonly state?: FollowState;
  /** For a container's log: the stream whose lines are handed on. */
  readonly cri?: CriStream;
  /** How long a renamed or deleted file is read on after its last growth: Apache finishes its requests into it. */
  readonly graceMilliseconds?: number;
  /** The same, once its directory is gone. */
  readonly graceWithoutDirectoryMilliseconds?: number;
}

export interface FileFollower {
  /** Reads a bounded amount of what has come; true when there is more to read at once. */
  poll(): Promise<boolean>;
  state(): Promise<FollowState>;
  stats(): Promise<SourceStats>;
  /** As of the last poll. */
  condition(): SourceCondition;
  /** What was lost since this was asked last, each in a sentence. */
  takeNotices(): readonly string[];
  /** Whether the file has vanished and nothing of it is open any more. */
  isOver(): boolean;
  /** Whether all that is open was deleted and has been read to its end. */
  isDeletedAndRead(): Promise<boolean>;
  close(): Promise<void>;
}

const defaultGraceMilliseconds = 15 * 60_000;
/** With its directory gone, as that of a pod, a file has no writer any more. */
const graceWithoutDirectory = 10_000;
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
    this.#rotated = new RotatedFiles(path, this.#ledger);
    this.#known = new KnownFiles(state?.siblings ?? undefined);
    this.#finder = new RotationFinder({
      path,
      ledger: this.#ledger,
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
    const more = await this.#rotated.poll(await this.#grace());
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
    const siblings = await listSiblings(path);
    await refuseClosed(path, siblings);
    const copied: FilePlace[] = [];
    for (const place of state.places) {
      const file = await findPlace(siblings.files, place);
      if (file === undefined) this.#tellLost(siblings);
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

  #tellLost({ files }: Siblings): void {
    const hidden = files.find((file) => file.packing === 'unreadable' && !this.#known.has(file));
    if (hidden === undefined) return;
    this.#ledger.tell(
      `"${hidden.path}" may hold lines that were not read, and cannot be unpacked here; pack with gzip, or delay packing`,
    );
  }

  async #grace(): Promise<number> {
    const {
      graceMilliseconds = defaultGraceMilliseconds,
      graceWithoutDirectoryMilliseconds: alone = graceWithoutDirectory,
    } = this.#options;
    const mayBeAlone = this.#current === undefined && !this.#rotated.isEmpty();
    if (!mayBeAlone || this.#home === undefined || !(await isGone(this.#home))) {
      return graceMilliseconds;
    }
    return Math.min(graceMilliseconds, alone);
  }
}

/** Whether nothing stands at the path; what cannot be told is taken to exist. */
async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => errorCode(error) === 'ENOENT',
  );
}

function createUnwrapper({ cri, consume, state }: FollowOptions): CriUnwrapper | undefined {
  if (cri === undefined) return undefined;
  const unfinished = Buffer.from(state?.unfinished ?? '', 'base64');
  return createCriUnwrapper({ stream: cri, consume, unfinished });
}

/** A place must not be given up because the file it lies in may not be opened at the moment. */
async function refuseClosed(path: string, { files }: Siblings): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    if (isDenied(error)) throw error;
    return undefined;
  });
  if (stats === undefined || !files.some((sibling) => sibling.path === path)) return;
  await checkReadable(path);
}
