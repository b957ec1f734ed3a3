/** The types of metric this exporter emits. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/** One line of an exposition. `suffix` is for the parts of a histogram: `_bucket`, `_sum`, `_count`. */
export interface Sample<L extends string = string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly value: number;
  readonly suffix?: '_bucket' | '_sum' | '_count';
  /** Upper bound of a bucket; only with the suffix `_bucket`. */
  readonly le?: string;
}

/** One row of the catalog: the description of a metric family, and how to read its samples from a subject. */
export interface Family<S, L extends string = string> {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly L[];
  /** The server file, page field or document that the value comes from; shown in docs/metrics.md. */
  readonly source: string;
  /** The other exporter whose name, labels and values this family repeats. */
  readonly compatibleWith?: string;
  /** An unknown value has no sample. */
  readonly samples: (subject: S) => Iterable<Sample<L>>;
}

/** A family with its samples, ready to render. */
export interface FamilyData {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Declares a row; label names are checked against the samples at compile time. */
export function family<S, const L extends string>(row: Family<S, L>): Family<S, L> {
  return row;
}
