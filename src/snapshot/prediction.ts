/** A figure with what it is at least and at most, where the log leaves it open. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/**
 * How a server keeps an idle client: `blocking` costs a worker (prefork, worker), `async` a connection whose worker is
 * free again (event), `reclaimable` a connection that is closed when they run out (nginx).
 */
export type IdleCost = 'blocking' | 'async' | 'reclaimable';

/** What a timeout would do to the visitors of the log. */
export interface TimeoutPrediction {
  readonly timeoutSeconds: number;
  /** Requests over a connection that carried one before, of all. */
  readonly reuseRatio: Range;
  readonly connectionsPerSecond: Range;
  /** Against keep-alive off. */
  readonly handshakesSavedPerSecond: Range;
  readonly meanIdleSlots: Range;
  readonly busyHourIdleSlots: Range;
  /** Slots held at the busiest moment, by requests and idle clients. */
  readonly busiestSlots: Range;
  /** Share of the visitors of the busiest hour that wait for a slot (Erlang C); absent without the number of slots. */
  readonly waitProbability: Range | undefined;
  /** Share of the time with all slots held, if no client closes first; absent without the number of slots. */
  readonly fullTimeRatio: number | undefined;
  /** What idle workers pin in the busiest hour; absent where idle clients hold no worker, or its size is not known. */
  readonly idleMemoryBytes: Range | undefined;
  /** Whether the busiest moment stays under 80 % of the slots; absent without their number. */
  readonly fits: boolean | undefined;
  /** The log is not four times as long: too short to tell of this timeout. */
  readonly isLongerThanLog: boolean;
}

export interface KeepaliveModel {
  readonly todaySeconds: number | undefined;
  readonly idleCost: IdleCost;
  /** Workers, or connections of nginx. */
  readonly slots: number | undefined;
  /** What idle clients and requests share: workers, connections of event at its busiest moment, connections of nginx. */
  readonly slotLimit: number | undefined;
  readonly requestsPerSecond: number;
  /** Slots busy with requests at the busiest moment, which no timeout changes. */
  readonly busiestBusy: number;
  /** Visitors may have waited for a slot: the log shows them later than they came, and its peaks evened out. */
  readonly wasFull: boolean;
  /** Mean idle time after the last response, where keep-alive slots were measured. */
  readonly meanTailSeconds: number | undefined;
  /** A few addresses make nearly all connections: they are no visitors, and missed reuse says nothing. */
  readonly isBehindProxy: boolean;
  readonly predictions: readonly TimeoutPrediction[];
}
