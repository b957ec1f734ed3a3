import type { CriStream } from '../parse/cri-line.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import type { SourceCondition, SourceStats } from '../snapshot/log-source.ts';
import type { FileMark } from './file-mark.ts';
import type { FilePlace } from './file-place.ts';
import type { FileQuota } from './file-quota.ts';
import type { FollowTotals } from './follow-ledger.ts';

/** Where reading of a path stopped. Stored as JSON in one record with the counts of the lines read so far. */
export interface FollowState extends FollowTotals {
  /** Rotated files in the order in which they are read, then the file at the path. */
  readonly places: readonly FilePlace[];
  /** Rotated files and copies beside the log. After a restart only files not listed here are new. Null if unknown. */
  readonly siblings: readonly FileMark[] | null;
  /** The parts of a container's line that is not complete yet, in base64. Empty if they are too long to be saved. */
  readonly unfinished: string;
}

export interface FollowOptions {
  readonly path: string;
  readonly consume: LineConsumer;
  /** Where to begin without a state. `end` skips the lines that were written before the exporter started. */
  readonly start: 'end' | 'beginning';
  /** Shared by all logs. Absent: no bound. */
  readonly quota?: FileQuota;
  readonly state?: FollowState;
  /** For a container's log: the stream whose lines are counted. */
  readonly cri?: CriStream;
  /** Whether the file is one of a ring: rotation does not rename it, but empties it when its turn comes again. */
  readonly isOfRing?: boolean;
  /** How long a renamed or deleted file is read after it last grew. Apache logs its running requests to it. */
  readonly graceMilliseconds?: number;
  /** The same for a file whose directory was deleted. */
  readonly graceWithoutDirectoryMilliseconds?: number;
}

export interface FileFollower {
  /** Reads a bounded amount of new lines. Returns true if there is more to read now. */
  check(): Promise<boolean>;
  state(): Promise<FollowState>;
  stats(): Promise<SourceStats>;
  /** As of the last check. */
  condition(): SourceCondition;
  /** Returns what was lost since the last call, one sentence each. */
  takeNotices(): readonly string[];
  /** Whether the file is gone and no rotated file is open or queued. */
  isFinished(): boolean;
  /** Whether all open files were deleted and read to their end. */
  isDeletedAndRead(): Promise<boolean>;
  close(): Promise<void>;
}
