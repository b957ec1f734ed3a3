import type { SourceCondition, SourceStats } from '../snapshot/log-source.ts';
import type { FollowTotals } from './follow-ledger.ts';
import type { FollowState } from './follow-state.ts';

/** Where reading of a path or pattern stopped. Stored in the checkpoint as JSON. */
export interface InputPlace {
  readonly files: Readonly<Record<string, FollowState>>;
  /** Totals of files that were closed because they are gone. */
  readonly gone: FollowTotals;
}

/**
 * A source of log lines: a file, a pattern, a syslog address, a named pipe or standard input. The first check opens it,
 * and checks after a failure open it again. A failure is a condition, never an exception.
 */
export interface LogInput {
  /** Opens what can be opened and reads a bounded amount. Returns true if there is more to read now. */
  check(): Promise<boolean>;
  stats(): Promise<SourceStats>;
  /** As of the last check. */
  condition(): SourceCondition;
  /** Returns what was lost since the last call, one sentence each. Absent if losses cannot be detected. */
  takeNotices?(): readonly string[];
  /** To be called between two checks. Undefined if nothing can be read a second time, as from a pipe. */
  place(): Promise<InputPlace | undefined>;
  close(): Promise<void>;
}
