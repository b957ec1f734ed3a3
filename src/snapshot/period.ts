/** The measurements of a target in one step of time. A figure that was not measured is absent. */
export interface PeriodStep {
  /** Mean number of slots that visitors held. */
  readonly heldSlots?: number;
  /** Mean number of slots that idle keep-alive clients held. */
  readonly idleSlots?: number;
  readonly saturationRatio?: number;
  /** Share of the step in which the server was exhausted. */
  readonly exhaustedRatio?: number;
  readonly memoryBytes?: number;
  readonly requests?: number;
  readonly newConnections?: number;
  /** Responses in the access log, and those with status 408 or 499. */
  readonly responses?: number;
  readonly abortedResponses?: number;
  /** Responses by duration: one count for each bound of the period, then one above all bounds. */
  readonly durations?: readonly number[];
}

/** The time before or after a change, in steps of equal length. */
export interface Period {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
  readonly steps: readonly PeriodStep[];
  /** Upper bounds of the durations in seconds, in rising order. */
  readonly durationBounds: readonly number[];
  /** The slots come from a log: what visitors held if no client closed first. */
  readonly slotsFromLog?: true;
  /** The keep-alive timeout that was configured, where it is known. */
  readonly keepaliveTimeoutSeconds?: number;
}
