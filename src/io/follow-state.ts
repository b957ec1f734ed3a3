import type { CriStream } from '../parse/cri-line.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import type { SourceCondition, SourceStats } from '../snapshot/log-source.ts';
import type { FileMark } from './file-mark.ts';
import type { FilePlace } from './file-place.ts';
import type { FollowTotals } from './follow-ledger.ts';

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
  /** Whether rotation leaves it where it is, and empties it when its turn comes again: one of a ring of files. */
  readonly isOfRing?: boolean;
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
