import type { RatioHistogram } from '../snapshot/samples.ts';

/** Fine near the end of the scale, where an operator must act; `+Inf` comes with the exposition. */
export const ratioBounds = [0.5, 0.7, 0.8, 0.9, 0.95, 1] as const;

export const emptyRatioHistogram: RatioHistogram = {
  buckets: ratioBounds.map(() => 0),
  sum: 0,
  count: 0,
};

/** The histogram with one more sample; buckets are cumulative, as Prometheus' classic histograms are. */
export function addRatio(histogram: RatioHistogram, value: number): RatioHistogram {
  return {
    buckets: ratioBounds.map(
      (bound, index) => (histogram.buckets[index] ?? 0) + (value <= bound ? 1 : 0),
    ),
    sum: histogram.sum + value,
    count: histogram.count + 1,
  };
}
