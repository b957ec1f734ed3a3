import type { LogCounts } from './log-counts.ts';

/** What was read from the logs of one target. */
export interface LogView {
  /** Absent without access logs, and until reading has caught up after a restart: totals must not seem to fall. */
  readonly access?: LogCounts;
  /** What the formats of the access logs tell; metrics of anything else are absent. */
  readonly tells: ReadonlySet<string>;
  readonly errorEvents?: Readonly<Record<string, number>>;
  readonly sources: readonly SourceView[];
}

/** One configured source: a path, a pattern, `stdin` or a syslog address. */
export interface SourceView {
  readonly source: string;
  readonly stats: SourceStats;
}

/** Kept across restarts, so that counters made of it go on. */
export interface SourceStats {
  readonly readBytes: number;
  /** Bytes known to be lost: must stay 0. */
  readonly skippedBytes: number;
  /** Bytes in the files that are not read yet. */
  readonly lagBytes: number;
  readonly rotations: number;
  readonly tooLongLines: number;
  /** Syslog only: datagrams the kernel threw away; received and dropped make what was sent. */
  readonly droppedDatagrams?: number;
}
