import type { Sample } from './family.ts';

/** A classic histogram as it is exposed. */
export interface CumulativeHistogram {
  readonly bounds: readonly number[];
  /** For each bound the number of observations up to it. */
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** The series of a histogram: one for each bound, `+Inf`, the sum and the count. */
export function* histogramSamples<L extends string>(
  labels: Readonly<Record<L, string>>,
  { bounds, buckets, sum, count }: CumulativeHistogram,
): Generator<Sample<L>> {
  for (const [index, bound] of bounds.entries()) {
    yield { labels, suffix: '_bucket', le: String(bound), value: buckets[index] ?? 0 };
  }
  yield { labels, suffix: '_bucket', le: '+Inf', value: count };
  yield { labels, suffix: '_sum', value: sum };
  yield { labels, suffix: '_count', value: count };
}
