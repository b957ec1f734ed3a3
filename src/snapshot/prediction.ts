/** An estimate with its lower and upper bound. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/**
 * What an idle client costs a server. `blocking`: a worker (prefork, worker). `async`: a connection, while its worker
 * is free (event). `reclaimable`: a connection that the server closes when connections run out (nginx).
 */
export type IdleCost = 'blocking' | 'async' | 'reclaimable';

/** The predicted effect of a timeout on the visitors in the log. */
export interface TimeoutPrediction {
  readonly timeoutSeconds: number;
  /** Share of requests that reuse a connection. */
  readonly reuseRatio: Range;
  readonly connectionsPerSecond: Range;
  /** Compared with keep-alive off. */
  readonly handshakesSavedPerSecond: Range;
  readonly meanIdleSlots: Range;
  readonly busyHourIdleSlots: Range;
  /** Slots in use at the busiest moment, by requests and idle clients. */
  readonly busiestSlots: Range;
  /** Share of the visitors of the busiest hour that wait for a slot (Erlang C); absent without the number of slots. */
  readonly waitProbability: Range | undefined;
  /** Maximum share of the time with all slots in use; absent without the number of slots. */
  readonly fullTimeRatio: number | undefined;
  /** Memory of idle workers in the busiest hour; absent when idle clients hold no worker, or its size is unknown. */
  readonly idleMemoryBytes: Range | undefined;
  /** Whether the busiest moment stays under 80 % of the slots; absent without their number. */
  readonly fits: boolean | undefined;
  /** The log is shorter than four times this timeout: too short for a prediction. */
  readonly isLongerThanLog: boolean;
}

export interface KeepaliveModel {
  readonly todaySeconds: number | undefined;
  readonly idleCost: IdleCost;
  /** Workers, or connections of nginx. */
  readonly slots: number | undefined;
  /**
   * The limit that idle clients and requests share: workers, connections of event at its busiest moment, connections of
   * nginx.
   */
  readonly slotLimit: number | undefined;
  readonly requestsPerSecond: number;
  /** Slots busy with requests at the busiest moment, which no timeout changes. */
  readonly busiestBusy: number;
  /**
   * Visitors may have waited for a slot. The log then shows requests later than they arrived, and its peaks are too
   * low.
   */
  readonly wasFull: boolean;
  /** Mean idle time after the last response, where keep-alive slots were measured. */
  readonly meanTailSeconds: number | undefined;
  /** A few addresses open nearly all connections: they are proxies, so missed reuse cannot be derived. */
  readonly isBehindProxy: boolean;
  readonly predictions: readonly TimeoutPrediction[];
}
