import { countOf } from '../derive/histogram.ts';
import type { Histogram } from '../snapshot/histogram.ts';
import type { Sample } from './family.ts';

/** The samples of a histogram: cumulative buckets, sum and count. */
export function* histogramSamples<L extends string>(
  labels: Readonly<Record<L, string>>,
  histogram: Histogram,
): Generator<Sample<L>> {
  const { upperBounds, counts, sum } = histogram;
  const total = countOf(histogram);
  let cumulative = 0;
  for (const [index, bound] of upperBounds.entries()) {
    cumulative += counts[index] ?? 0;
    yield { labels, suffix: '_bucket', le: String(bound), value: cumulative };
  }
  yield { labels, suffix: '_bucket', le: '+Inf', value: total };
  yield { labels, suffix: '_sum', value: sum };
  yield { labels, suffix: '_count', value: total };
}

/** The same, but no samples before the first observation: nothing was measured yet. */
export function* observedSamples<L extends string>(
  labels: Readonly<Record<L, string>>,
  histogram: Histogram,
): Generator<Sample<L>> {
  if (countOf(histogram) > 0) yield* histogramSamples(labels, histogram);
}
