import type { HistogramCounts } from '../snapshot/log-counts.ts';
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

/** The same for a histogram whose counts are not cumulative; none before the first observation. */
export function observedSamples<L extends string>(
  labels: Readonly<Record<L, string>>,
  { upperBounds, counts, sum }: HistogramCounts,
): Iterable<Sample<L>> {
  const count = counts.reduce((total, one) => total + one, 0);
  if (count === 0) return [];
  let below = 0;
  const buckets = upperBounds.map((_, index) => {
    below += counts[index] ?? 0;
    return below;
  });
  return histogramSamples(labels, { bounds: upperBounds, buckets, sum, count });
}
