import { stat } from 'node:fs/promises';
import type { LineConsumer } from '../parse/split-lines.ts';
import {
  endOfLastLine,
  type FilePlace,
  holdsPlace,
  type LogFile,
  openLogFile,
} from './log-file.ts';
import { listSiblings } from './log-siblings.ts';

/** Where following of a path stands. Survives as JSON, in one record with what was counted from the lines. */
export interface FollowState {
  /** The file at the path, then renamed files that are still written to. */
  readonly places: readonly FilePlace[];
  /** Rotated files and copies that stood beside it: on resuming, only those not listed are new. */
  readonly siblings: readonly string[];
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
  /** How long a renamed file is read on after its last growth: Apache finishes its requests into it. */
  readonly graceMilliseconds?: number;
}

export interface FileFollower {
  /** Reads a bounded amount of what has come; true when there is more to read at once. */
  poll(): Promise<boolean>;
  state(): Promise<FollowState>;
  lag(): Promise<number>;
  /** Whether a file stands at the path and can be read. */
  isOpen(): boolean;
  close(): Promise<void>;
}

/** A renamed file, and when it last grew (monotonic milliseconds). */
interface Draining {
  readonly file: LogFile;
  grewAt: number;
}

const defaultGraceMilliseconds = 15 * 60_000;
/** Each renamed file costs a descriptor; beyond this many the oldest is let go. */
const mostDraining = 8;
/** Each chunk takes about a millisecond, and scrapes have their turn between two of them. */
const chunksPerPoll = 32;

/**
 * Follows a log file by what it is, not by what it is called: through renaming (the old file is read on, for servers
 * write to it until they reopen), copying and truncating (what fell into the gap is read from the copy), deletion and
 * re-creation, and restarts of the exporter.
 */
export async function followFile(options: FollowOptions): Promise<FileFollower> {
  const { path, consume, graceMilliseconds = defaultGraceMilliseconds } = options;
  const totals = {
    readBytes: options.state?.readBytes ?? 0,
    skippedBytes: options.state?.skippedBytes ?? 0,
    rotations: options.state?.rotations ?? 0,
    tooLongLines: options.state?.tooLongLines ?? 0,
  };
  let current: LogFile | undefined;
  let draining: Draining[] = [];
  /** Whether the path has been looked at: files that appear later are read from their beginning. */
  let began = options.state !== undefined;

  /** What a file is recognised by once it has been truncated: taken while it was intact. */
  const places = new WeakMap<LogFile, FilePlace>();
  const openAt = async (place: string, offset: number): Promise<LogFile> => {
    const file = await openLogFile(place, offset);
    places.set(file, await file.place());
    return file;
  };

  const retire = async (file: LogFile): Promise<void> => {
    totals.tooLongLines += file.tooLongLines();
    await file.close();
  };

  const drainLater = async (file: LogFile): Promise<void> => {
    draining.push({ file, grewAt: performance.now() });
    const oldest = draining.length > mostDraining ? draining.shift() : undefined;
    if (oldest === undefined) return;
    totals.skippedBytes += await oldest.file.lag();
    await retire(oldest.file);
  };

  /** Opens what was being read when the state was taken, and what has come since, oldest first. */
  const resume = async (state: FollowState): Promise<void> => {
    const siblings = await listSiblings(path);
    const known = new Set(state.siblings);
    for (const place of state.places.toReversed()) {
      const sibling = await findPlace(siblings, place);
      if (sibling === undefined) continue;
      known.add(sibling.key);
      const file = await openAt(sibling.path, place.offset);
      if (sibling.path === path) current = file;
      else await drainLater(file);
    }
    // Rotated more than once while nobody looked: the files between the one known and the path's own.
    for (const sibling of siblings) {
      if (sibling.path === path || known.has(sibling.key)) continue;
      totals.rotations += 1;
      await drainLater(await openAt(sibling.path, 0));
    }
  };

  /** After copytruncate the copy holds what was written between our last read and the truncation. */
  const recoverFromCopy = async (file: LogFile): Promise<void> => {
    const place = places.get(file);
    const copies = place === undefined ? [] : await listSiblings(path);
    for (const copy of copies.toReversed()) {
      if (place === undefined || copy.path === path || !(await holdsPlace(copy.path, place)))
        continue;
      const rest = await openAt(copy.path, place.offset);
      for (let read = 1; read > 0; ) {
        read = await rest.read(consume, chunksPerPoll);
        totals.readBytes += read;
      }
      await retire(rest);
      return;
    }
  };

  const openCurrent = async (): Promise<void> => {
    const offset = began || options.start === 'beginning' ? 0 : await endOfLastLine(path);
    current = await openAt(path, offset);
  };

  /** Brings `current` in line with what stands at the path now. */
  const checkPath = async (): Promise<void> => {
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && current === undefined) await openCurrent().catch(() => undefined);
    began = true;
    if (stats === undefined || current === undefined) return;
    if (stats.ino !== current.ino || stats.dev !== current.dev) {
      totals.rotations += 1;
      await drainLater(current);
      current = await openAt(path, 0).catch(() => undefined);
    } else if (!(await current.isIntact())) {
      totals.rotations += 1;
      await recoverFromCopy(current);
      await retire(current);
      current = await openAt(path, 0).catch(() => undefined);
    }
  };

  const readSome = async (file: LogFile): Promise<number> => {
    const total = await file.read(consume, chunksPerPoll);
    if (total > 0) places.set(file, await file.place());
    totals.readBytes += total;
    return total;
  };

  const drain = async (): Promise<number> => {
    let total = 0;
    const kept: Draining[] = [];
    for (const entry of draining) {
      const read = await readSome(entry.file);
      total += read;
      if (read > 0) entry.grewAt = performance.now();
      const isOver = read === 0 && performance.now() - entry.grewAt >= graceMilliseconds;
      if (isOver) await retire(entry.file);
      else kept.push(entry);
    }
    draining = kept;
    return total;
  };

  if (options.state !== undefined) await resume(options.state);

  return {
    async poll() {
      await checkPath();
      const drained = await drain();
      const read = current === undefined ? 0 : await readSome(current);
      return drained + read > 0;
    },
    async state() {
      const files = [
        ...(current === undefined ? [] : [current]),
        ...draining.map(({ file }) => file),
      ];
      const open = files.reduce((sum, file) => sum + file.tooLongLines(), 0);
      return {
        ...totals,
        tooLongLines: totals.tooLongLines + open,
        places: files.flatMap((file) => places.get(file) ?? []),
        siblings: (await listSiblings(path)).flatMap((sibling) =>
          sibling.path === path ? [] : [sibling.key],
        ),
      };
    },
    async lag() {
      const files = [
        ...(current === undefined ? [] : [current]),
        ...draining.map(({ file }) => file),
      ];
      const lags = await Promise.all(files.map((file) => file.lag()));
      return lags.reduce((sum, lag) => sum + lag, 0);
    },
    isOpen: () => current !== undefined,
    async close() {
      for (const { file } of draining) await file.close();
      await current?.close();
    },
  };
}

async function findPlace(siblings: Awaited<ReturnType<typeof listSiblings>>, place: FilePlace) {
  const same = siblings.find(({ dev, ino }) => dev === place.dev && ino === place.ino);
  if (same !== undefined && (await holdsPlace(same.path, place))) return same;
  for (const sibling of siblings) {
    if (sibling !== same && place.offset > 0 && (await holdsPlace(sibling.path, place)))
      return sibling;
  }
  return undefined;
}
