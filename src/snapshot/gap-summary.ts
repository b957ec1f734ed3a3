import type { HistogramCounts } from './log-counts.ts';

/**
 * Idle times by class: class k holds those up to timeouts[k] that are over timeouts[k - 1], the last class those over
 * all timeouts.
 */
export interface IdleClasses {
  readonly counts: readonly number[];
  readonly seconds: readonly number[];
}

/** Slots held: by requests, by gaps between requests, by the tails after last responses. */
export interface HeldSlots {
  readonly busy: number;
  readonly gap: number;
  /** If no client closed before the timeout. */
  readonly tail: number;
}

export interface HourLoad extends HeldSlots {
  /** Unix time. */
  readonly startSeconds: number;
  /** Of the hour, as far as the log covers it. */
  readonly seconds: number;
  readonly connectionsPerSecond: number;
}

/** What the visitors of the log would have held with a timeout. */
export interface TimeoutLoad {
  readonly timeoutSeconds: number;
  /** At the moment with the most slots held. */
  readonly busiest: HeldSlots;
  /** The most slots held at any moment if every client closed after its last response. */
  readonly busiestWithoutTails: number;
  /** The hour with the most slots held; absent before a whole one was seen. */
  readonly busiestHour: HourLoad | undefined;
  /** Moments by the slots held, in the bins of derive/slot-bins.ts. */
  readonly moments: readonly number[];
}

/** A bounded table: what it holds, what it may hold, and what it had to forget too early. */
export interface TableUse {
  readonly entries: number;
  readonly maximum: number;
  readonly bytes: number;
  readonly evicted: number;
}

/** What keep-alive did, and what other timeouts would have done, from the lines of an access log. */
export interface GapSummary {
  /** The timeout in force while the log was written; undefined where nobody told. */
  readonly todaySeconds: number | undefined;
  /** In rising order; 0 is keep-alive off. */
  readonly timeouts: readonly number[];
  readonly loads: readonly TimeoutLoad[];
  /** Busy slots at the moment with the most of them, which no timeout changes. */
  readonly busiestBusy: number;
  /** Unix time of the first and the last end of a request. */
  readonly firstSeconds: number | undefined;
  readonly lastSeconds: number | undefined;
  /** Without the holes. */
  readonly observedSeconds: number;
  readonly requests: number;
  /** Begun while the log was read. */
  readonly connections: number;
  /** Requests that came over a connection that had carried one before. */
  readonly reusedRequests: number;
  /** Of these, requests of HTTP/2 and HTTP/3 that came while another was under way. */
  readonly overlappingRequests: number;
  /** Connections that the server left open after their last response. */
  readonly tails: number;
  /** Requests, each with its duration. */
  readonly busySeconds: number;
  /** Reuse that happened; without the reuse of connections that the table did not know. */
  readonly gaps: IdleClasses;
  /** New connections of an address within five minutes of its last response. */
  readonly missed: IdleClasses;
  readonly gapHistogram: HistogramCounts;
  readonly missedHistogram: HistogramCounts;
  readonly clients: {
    /** Share of the connections that the busiest five addresses made. */
    readonly busiestShare: number;
    /** Share of the reuse under another address than the connection began with. */
    readonly changedShare: number;
  };
  readonly openConnections: TableUse;
  readonly addresses: TableUse;
  readonly quirks: LogQuirks;
}

/** What makes the figures less sure. */
export interface LogQuirks {
  /** Lines that do not tell their connection, and are in no figure. */
  readonly linesWithoutConnection: number;
  readonly linesWithoutTime: number;
  readonly linesWithoutDuration: number;
  /** Requests of HTTP/2 and HTTP/3, of which a connection carries several at once. */
  readonly multiplexedRequests: number;
  /** Lines whose time is a whole second. */
  readonly wholeSecondLines: number;
  /** Lines too late for the figures of a moment. */
  readonly lateLines: number;
  /** Times the clock of the log went back. */
  readonly clockJumps: number;
  /** Seconds without a line of more than an hour each. */
  readonly holeSeconds: number;
}
