import { stat } from 'node:fs/promises';
import type { LineConsumer } from '../parse/split-lines.ts';
import { isReading, type SourceCondition, type SourceStats } from '../snapshot/log-source.ts';
import { errorCode, explainAccess, isDenied } from './explain-access.ts';
import {
  checkReadable,
  endOfLastLine,
  type FilePlace,
  holdsPlace,
  type LogFile,
  openLogFile,
} from './log-file.ts';
import { listSiblings, type Sibling, type Siblings } from './log-siblings.ts';

/** Where following of a path stands. Survives as JSON, in one record with what was counted from the lines. */
export interface FollowState {
  /** The file at the path, then renamed files that are still written to. */
  readonly places: readonly FilePlace[];
  /** Rotated files and copies that stood beside it: on resuming, only those not listed are new. Null: not known. */
  readonly siblings: readonly string[] | null;
  readonly readBytes: number;
  readonly skippedBytes: number;
  readonly rotations: number;
  readonly tooLongLines: number;
}

export interface FollowOptions {
  readonly path: string;
  readonly consume: LineConsumer;
  /** Where to begin without a state: `end` counts nothing that was there before the exporter. */
  readonly start: 'end' | 'beginning';
  readonly state?: FollowState;
  /** How long a renamed or deleted file is read on after its last growth: Apache finishes its requests into it. */
  readonly graceMilliseconds?: number;
}

export interface FileFollower {
  /** Reads a bounded amount of what has come; true when there is more to read at once. */
  poll(): Promise<boolean>;
  state(): Promise<FollowState>;
  stats(): Promise<SourceStats>;
  /** As of the last poll. */
  condition(): SourceCondition;
  /** Whether the file has vanished and nothing of it is open any more. */
  isOver(): boolean;
  close(): Promise<void>;
}

type Totals = Omit<FollowState, 'places' | 'siblings'>;

/** A renamed or deleted file, and when it last grew (monotonic milliseconds). */
interface Draining {
  readonly file: LogFile;
  grewAt: number;
}

export const defaultGraceMilliseconds = 15 * 60_000;
/** Each renamed file costs a descriptor; beyond this many the oldest is let go. */
const mostDraining = 8;
/** Each chunk takes about a millisecond, and scrapes have their turn between two of them. */
const chunksPerPoll = 32;
/** Listing the directory costs more than looking at one file. */
const pollsPerListing = 4;

/**
 * Follows a log file by what it is, not by what it is called: through renaming (the old file is read on, for servers
 * write to it until they reopen), copying and truncating (what fell into the gap is read from the copy), deletion and
 * re-creation, and restarts of the exporter. What stands in the way is told by condition(), never thrown.
 */
export function followFile(options: FollowOptions): FileFollower {
  return new Follower(options);
}

class Follower implements FileFollower {
  readonly #options: FollowOptions;
  readonly #totals: Totals;
  #current: LogFile | undefined;
  #draining: Draining[] = [];
  /** Whether the path was looked at: files that appear later are read from their beginning. */
  #began: boolean;
  /** A state whose files could not be opened yet. */
  #unresumed: FollowState | undefined;
  /** Size of a file that stood there at the start and could not be opened: what comes after it is new. */
  #sizeAtStart: number | undefined;
  #hadFile: boolean;
  #siblings: readonly string[] | null = null;
  #pollsSinceListing = 0;
  #condition: SourceCondition = isReading;
  /** What a file is recognised by once it has been truncated: taken while it was intact. */
  readonly #places = new WeakMap<LogFile, FilePlace>();

  constructor(options: FollowOptions) {
    this.#options = options;
    const {
      readBytes = 0,
      skippedBytes = 0,
      rotations = 0,
      tooLongLines = 0,
    } = options.state ?? {};
    this.#totals = { readBytes, skippedBytes, rotations, tooLongLines };
    this.#unresumed = options.state;
    this.#began = options.state !== undefined;
    this.#hadFile = (options.state?.places.length ?? 0) > 0;
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
    const drained = await this.#drain();
    const read = this.#current === undefined ? 0 : await this.#readSome(this.#current);
    return drained + read > 0;
  }

  async state(): Promise<FollowState> {
    if (this.#unresumed !== undefined) return this.#unresumed;
    const places = this.#files().flatMap((file) => this.#places.get(file) ?? []);
    const { tooLongLines } = this.#sums();
    return { ...this.#totals, tooLongLines, places, siblings: this.#siblings };
  }

  async stats(): Promise<SourceStats> {
    const lags = await Promise.all(this.#files().map((file) => file.lag()));
    return { ...this.#sums(), lagBytes: lags.reduce((sum, lag) => sum + lag, 0) };
  }

  condition(): SourceCondition {
    return this.#condition;
  }

  isOver(): boolean {
    return (
      this.#condition.reason === 'waiting_for_file' && this.#hadFile && this.#files().length === 0
    );
  }

  async close(): Promise<void> {
    const files = this.#files();
    this.#current = undefined;
    this.#draining = [];
    for (const file of files) await file.close();
  }

  #files(): readonly LogFile[] {
    const renamed = this.#draining.map(({ file }) => file);
    return this.#current === undefined ? renamed : [this.#current, ...renamed];
  }

  #sums() {
    const { readBytes, skippedBytes, rotations, tooLongLines } = this.#totals;
    const open = this.#files().reduce((sum, file) => sum + file.tooLongLines(), 0);
    return { readBytes, skippedBytes, rotations, tooLongLines: tooLongLines + open };
  }

  #add(field: keyof Totals, amount: number): void {
    Object.assign(this.#totals, { [field]: this.#totals[field] + amount });
  }

  /** Brings `#current` in line with what stands at the path now. */
  async #checkPath(): Promise<void> {
    const { path } = this.#options;
    // Before the look at the path: while that is unchanged, nothing in the list is the work of a rotation.
    const listed = await this.#listNowAndThen();
    const stats = await stat(path).catch((error: unknown) => this.#missing(error));
    if (!stats.isFile()) await checkReadable(path);
    if (this.#current === undefined) await this.#openAtPath(stats);
    else if (stats.ino !== this.#current.ino || stats.dev !== this.#current.dev) {
      await this.#replaceCurrent(stats);
    } else if (!(await this.#current.isIntact())) await this.#startTruncated(this.#current);
    else if (listed !== undefined) this.#remember(listed);
  }

  /** A file that vanished is read on for a while, as a renamed one is. */
  async #missing(error: unknown): Promise<never> {
    if (errorCode(error) === 'ENOENT') {
      this.#began = true;
      const file = this.#current;
      this.#current = undefined;
      if (file !== undefined) await this.#drainLater(file);
    }
    throw error;
  }

  async #openAtPath(stats: { readonly dev: number; readonly ino: number; readonly size: number }) {
    const known = this.#draining.find(
      ({ file }) => file.ino === stats.ino && file.dev === stats.dev,
    );
    if (known !== undefined) {
      this.#draining = this.#draining.filter((entry) => entry !== known);
      this.#current = known.file;
      return;
    }
    const isNew = this.#began || this.#options.start === 'beginning';
    this.#sizeAtStart ??= stats.size;
    const offset = isNew ? 0 : await endOfLastLine(this.#options.path, this.#sizeAtStart);
    this.#current = await this.#openAt(this.#options.path, offset);
    if (this.#hadFile) {
      this.#add('rotations', 1);
      await this.#takeNew([]);
    } else if (this.#siblings === null) this.#remember(await listSiblings(this.#options.path));
    this.#began = true;
    this.#hadFile = true;
  }

  async #replaceCurrent(stats: {
    readonly dev: number;
    readonly ino: number;
    readonly size: number;
  }) {
    const renamed = this.#current;
    this.#current = undefined;
    if (renamed !== undefined) await this.#drainLater(renamed);
    await this.#openAtPath(stats);
  }

  async #startTruncated(file: LogFile): Promise<void> {
    const place = this.#places.get(file);
    this.#add('rotations', 1);
    if (place !== undefined) await this.#recoverFromCopy(place);
    await this.#retire(file);
    this.#current = undefined;
    this.#current = await this.#openAt(this.#options.path, 0);
    await this.#takeNew(place === undefined ? [] : [place]);
  }

  /** After copytruncate the copy holds what was written between our last read and the truncation. */
  async #recoverFromCopy(place: FilePlace): Promise<void> {
    const { files } = await listSiblings(this.#options.path);
    for (const copy of files.toReversed()) {
      if (copy.path === this.#options.path || !(await holdsPlace(copy.path, place))) continue;
      const rest = await this.#openAt(copy.path, place.offset);
      for (let read = 1; read > 0; ) {
        read = await rest.read(this.#options.consume, chunksPerPoll);
        this.#add('readBytes', read);
      }
      await this.#retire(rest);
      return;
    }
  }

  /** Opens what was being read when the state was taken, and what has come since, oldest first. */
  async #resume(): Promise<void> {
    const state = this.#unresumed;
    if (state === undefined) return;
    const { path } = this.#options;
    const siblings = await listSiblings(path);
    await refuseClosed(path, siblings);
    const taken = new Set(state.siblings ?? []);
    for (const place of state.places.toReversed()) {
      const sibling = await findPlace(siblings.files, place);
      if (sibling === undefined || this.#isOpen(sibling)) continue;
      taken.add(sibling.key);
      const file = await this.#openAt(sibling.path, place.offset);
      if (sibling.path === path) this.#current = file;
      else await this.#drainLater(file);
    }
    this.#siblings = state.siblings === null ? null : [...taken];
    this.#unresumed = undefined;
    await this.#takeNew(state.places);
  }

  /** Rotated more than once while nobody looked: the files between the one known and the path's own. */
  async #takeNew(copied: readonly FilePlace[]): Promise<void> {
    const siblings = await listSiblings(this.#options.path);
    const known = this.#siblings === null ? undefined : new Set(this.#siblings);
    const places = [...copied, ...this.#files().flatMap((file) => this.#places.get(file) ?? [])];
    for (const sibling of siblings.files) {
      const isOther = sibling.path !== this.#options.path && sibling.isRotated;
      if (!isOther || known === undefined || known.has(sibling.key)) continue;
      if (this.#isOpen(sibling) || (await isCopy(sibling, places))) continue;
      const file = await this.#openAt(sibling.path, 0).catch(() => undefined);
      if (file === undefined) continue;
      this.#add('rotations', 1);
      await this.#drainLater(file);
    }
    this.#remember(siblings);
  }

  #isOpen({ dev, ino }: Sibling): boolean {
    return this.#files().some((file) => file.dev === dev && file.ino === ino);
  }

  async #listNowAndThen(): Promise<Siblings | undefined> {
    this.#pollsSinceListing += 1;
    if (this.#pollsSinceListing < pollsPerListing) return undefined;
    this.#pollsSinceListing = 0;
    return listSiblings(this.#options.path);
  }

  #remember({ files, isComplete }: Siblings): void {
    this.#siblings = isComplete
      ? files.flatMap(({ path, key }) => (path === this.#options.path ? [] : [key]))
      : null;
  }

  async #openAt(path: string, offset: number): Promise<LogFile> {
    const file = await openLogFile(path, offset);
    this.#places.set(file, await file.place());
    return file;
  }

  async #retire(file: LogFile): Promise<void> {
    this.#add('tooLongLines', file.tooLongLines());
    await file.close();
  }

  async #drainLater(file: LogFile): Promise<void> {
    this.#draining.push({ file, grewAt: performance.now() });
    const oldest = this.#draining.length > mostDraining ? this.#draining.shift() : undefined;
    if (oldest === undefined) return;
    this.#add('skippedBytes', await oldest.file.lag());
    await this.#retire(oldest.file);
  }

  async #readSome(file: LogFile): Promise<number> {
    const total = await file.read(this.#options.consume, chunksPerPoll);
    if (total > 0) this.#places.set(file, await file.place());
    this.#add('readBytes', total);
    return total;
  }

  async #drain(): Promise<number> {
    const { graceMilliseconds = defaultGraceMilliseconds } = this.#options;
    let total = 0;
    const kept: Draining[] = [];
    for (const entry of this.#draining) {
      const read = await this.#readSome(entry.file);
      total += read;
      if (read > 0) entry.grewAt = performance.now();
      const isOver = read === 0 && performance.now() - entry.grewAt >= graceMilliseconds;
      if (isOver) await this.#retire(entry.file);
      else kept.push(entry);
    }
    this.#draining = kept;
    return total;
  }
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

async function findPlace(siblings: readonly Sibling[], place: FilePlace) {
  const same = siblings.find(({ dev, ino }) => dev === place.dev && ino === place.ino);
  if (same !== undefined && (await holdsPlace(same.path, place))) return same;
  // A copy that a person made holds the place too, but not what was written afterwards.
  const likelyFirst = [
    ...siblings.filter(({ isRotated }) => isRotated),
    ...siblings.filter(({ isRotated }) => !isRotated),
  ];
  for (const sibling of likelyFirst) {
    if (sibling !== same && place.offset > 0 && (await holdsPlace(sibling.path, place)))
      return sibling;
  }
  return undefined;
}

async function isCopy(sibling: Sibling, places: readonly FilePlace[]): Promise<boolean> {
  for (const place of places) {
    if (place.offset > 0 && (await holdsPlace(sibling.path, place))) return true;
  }
  return false;
}
