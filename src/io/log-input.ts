import type { SourceCondition, SourceStats } from '../snapshot/log-source.ts';
import type { FollowTotals } from './follow-ledger.ts';
import type { FollowState } from './follow-state.ts';

/** Where reading of a path or pattern stands: each file's place, and what let-go files add to the totals. */
export interface InputPlace {
  readonly files: Readonly<Record<string, FollowState>>;
  readonly gone: FollowTotals;
}

/**
 * One place lines come from: a file, a pattern, a syslog address, a named pipe or standard input. It opens itself at
 * its first poll and again after each failure; a failure is a condition, never an exception.
 */
export interface LogInput {
  /** Opens what can be opened, and reads a bounded amount; true when there is more at once. */
  poll(): Promise<boolean>;
  stats(): Promise<SourceStats>;
  /** As of the last poll. */
  condition(): SourceCondition;
  /** What was lost since this was asked last, each in a sentence; absent where nothing can be told. */
  takeNotices?(): readonly string[];
  /** To be called between two polls; undefined where nothing can be read a second time. */
  place(): Promise<InputPlace | undefined>;
  close(): Promise<void>;
}
