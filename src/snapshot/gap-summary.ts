/**
 * Idle times by class. Class k holds the idle times above timeouts[k - 1] and up to timeouts[k]; the last class holds
 * those above all timeouts.
 */
export interface IdleClasses {
  readonly counts: readonly number[];
  readonly seconds: readonly number[];
}

/** Slots in use: by requests, by gaps between requests, and by tails, the idle times after last responses. */
export interface HeldSlots {
  readonly busy: number;
  readonly gap: number;
  /** Assuming that no client closes before the timeout. */
  readonly tail: number;
}

export interface HourLoad extends HeldSlots {
  /** Unix time. */
  readonly startSeconds: number;
  /** Seconds of the hour that the log covers. */
  readonly seconds: number;
  readonly connectionsPerSecond: number;
}

/** The slots that the visitors in the log would hold under one timeout. */
export interface TimeoutLoad {
  readonly timeoutSeconds: number;
  /** At the moment with the most slots in use. */
  readonly busiest: HeldSlots;
  /** The maximum of slots in use if every client closed after its last response. */
  readonly busiestWithoutTails: number;
  /** The hour with the most slots in use; absent until a whole hour was seen. */
  readonly busiestHour: HourLoad | undefined;
  /** The number of moments by slots in use, in the bins of derive/slot-bins.ts. */
  readonly moments: readonly number[];
}

/** Use of a bounded table: its size, its maximum, and how many entries it had to drop too early. */
export interface TableUse {
  readonly entries: number;
  readonly maximum: number;
  readonly bytes: number;
  readonly evicted: number;
}

/** What keep-alive did according to an access log, and what other timeouts would do. */
export interface GapSummary {
  /** The timeout in force while the log was written; undefined when it is not known. */
  readonly todaySeconds: number | undefined;
  /** In rising order; 0 means keep-alive off. */
  readonly timeouts: readonly number[];
  readonly loads: readonly TimeoutLoad[];
  /** The maximum of slots busy with requests. No timeout changes it. */
  readonly busiestBusy: number;
  /** Unix time of the first and the last end of a request. */
  readonly firstSeconds: number | undefined;
  readonly lastSeconds: number | undefined;
  /** Without the gaps in the log of more than an hour. */
  readonly observedSeconds: number;
  readonly requests: number;
  /** Connections whose first request is in the log. */
  readonly connections: number;
  /** Requests that reused a connection. */
  readonly reusedRequests: number;
  /** Of these, requests of HTTP/2 and HTTP/3 that overlap another request of their connection. */
  readonly overlappingRequests: number;
  /** Connections that the server left open after their last response. */
  readonly tails: number;
  /** Sum of the durations of the requests. */
  readonly busySeconds: number;
  /** Reuse that happened, without the connections that the table did not contain. */
  readonly gaps: IdleClasses;
  /** New connections of an address within five minutes of its last response. */
  readonly missed: IdleClasses;
  readonly clients: {
    /** Share of the connections that the five busiest addresses opened. */
    readonly busiestShare: number;
    /** Share of the reuse in which the address differs from that of the first request. */
    readonly changedShare: number;
  };
  readonly openConnections: TableUse;
  readonly addresses: TableUse;
  readonly quirks: LogQuirks;
}

/** Properties of the log that make the figures less reliable. */
export interface LogQuirks {
  /** Lines that do not identify their connection; they are in no figure. */
  readonly linesWithoutConnection: number;
  readonly linesWithoutTime: number;
  readonly linesWithoutDuration: number;
  /** Requests of HTTP/2 and HTTP/3, of which a connection carries several at once. */
  readonly multiplexedRequests: number;
  /** Lines whose time is a whole second. */
  readonly wholeSecondLines: number;
  /** Lines too late for the figures of their moment. */
  readonly lateLines: number;
  /** How often the clock of the log went back. */
  readonly clockJumps: number;
  /** Seconds without a line, in pauses of more than an hour. */
  readonly holeSeconds: number;
}
