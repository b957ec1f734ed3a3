/** A classic histogram. Its counts are not cumulative: the exposition adds them up. */
export interface Histogram {
  /** In rising order. */
  readonly upperBounds: readonly number[];
  /** One count for each bound, then one for the values above all bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** A histogram that is counted in place: the log reader adds to it for each line. */
export interface RunningHistogram extends Histogram {
  readonly counts: number[];
  sum: number;
}
