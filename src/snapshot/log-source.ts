import type { Histogram } from './histogram.ts';
import type { LogCounts } from './log-counts.ts';
import type { Meaning } from './log-record.ts';
import type { ServerKind } from './status-page.ts';

/** What was read from the logs of one target. */
export interface LogView {
  /** Idle times on connections; absent where no format identifies connections. */
  readonly gaps?: GapHistograms;
  /** In force while the connections are followed. */
  readonly keepaliveTimeout?: KeepaliveTimeout;
  /** Absent without access logs, and until reading has caught up after a restart: totals must not seem to fall. */
  readonly access?: LogCounts;
  /** What the formats of the access logs contain; metrics of anything else are absent. */
  readonly fields: ReadonlySet<Meaning>;
  readonly errorEvents?: Readonly<Record<string, number>>;
  readonly sources: readonly SourceView[];
}

/** KeepAliveTimeout of httpd, and keepalive_timeout of nginx. */
export const defaultKeepaliveSeconds: Readonly<Record<ServerKind, number>> = {
  apache: 5,
  nginx: 75,
};

export interface KeepaliveTimeout {
  readonly seconds: number;
  /** `default`: it is not known, so the default of the server is assumed. */
  readonly source: 'config' | 'default';
}

/** Counted since the exporter started, or since the configuration of these logs changed. */
export interface GapHistograms {
  readonly gap: Histogram;
  readonly missed: Histogram;
}

/** One configured source: a path, a pattern, `stdin` or a syslog address. */
export interface SourceView {
  readonly source: string;
  readonly stats: SourceStats;
  readonly condition: SourceCondition;
}

/** All values of the label `reason`. Only with `reading` can lines arrive. */
export const sourceReasons = [
  'reading',
  'waiting_for_file',
  'nothing_matches',
  'permission_denied',
  'not_a_file',
  'address_in_use',
  'cannot_open',
  'bad_format',
  'ended',
] as const;

export type SourceReason = (typeof sourceReasons)[number];

/** Whether a source is being read, or why not and what to do about it. */
export interface SourceCondition {
  readonly reason: SourceReason;
  /** One sentence: what is wrong, and the remedy. Absent while reading. */
  readonly remedy?: string;
}

/** Kept across restarts, so that counters continue. */
export interface SourceStats {
  readonly readBytes: number;
  /** Bytes known to be lost: must stay 0. */
  readonly skippedBytes: number;
  /** Bytes in the files that are not read yet. */
  readonly lagBytes: number;
  readonly rotations: number;
  readonly tooLongLines: number;
  /** Syslog only: datagrams the kernel dropped; received plus dropped equals sent. */
  readonly droppedDatagrams?: number;
}

export const noSourceStats: SourceStats = {
  readBytes: 0,
  skippedBytes: 0,
  lagBytes: 0,
  rotations: 0,
  tooLongLines: 0,
};

export const isReading: SourceCondition = { reason: 'reading' };
