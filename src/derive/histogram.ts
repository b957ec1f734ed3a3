import type { Histogram, RunningHistogram } from '../snapshot/histogram.ts';

export function emptyHistogram(upperBounds: readonly number[]): RunningHistogram {
  return { upperBounds, counts: Array.from({ length: upperBounds.length + 1 }, () => 0), sum: 0 };
}

export function buildHistogram(
  upperBounds: readonly number[],
  values: readonly number[],
): Histogram {
  const histogram = emptyHistogram(upperBounds);
  for (const value of values) observe(histogram, value);
  return histogram;
}

/** The histogram with one more value; the given one stays as it is. */
export function withValue(histogram: Histogram, value: number): Histogram {
  return addHistograms(histogram, buildHistogram(histogram.upperBounds, [value]));
}

/** Adds two histograms of the same bounds. */
export function addHistograms(a: Histogram, b: Histogram): Histogram {
  return {
    upperBounds: a.upperBounds,
    counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)),
    sum: a.sum + b.sum,
  };
}

export function countOf({ counts }: Histogram): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** How many values are at most `bound`, which must be one of the bounds. */
export function countUpTo({ upperBounds, counts }: Histogram, bound: number): number | undefined {
  const index = upperBounds.indexOf(bound);
  if (index === -1) return undefined;
  return counts.slice(0, index + 1).reduce((total, count) => total + count, 0);
}

/**
 * The index of the first bound that is not below the value. Bisection: this runs for each log line, and a logarithm
 * takes longer.
 */
export function bucketOf(upperBounds: readonly number[], value: number): number {
  let low = 0;
  let high = upperBounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (upperBounds[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function observe(histogram: RunningHistogram, value: number): void {
  const bucket = bucketOf(histogram.upperBounds, value);
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  histogram.sum += value;
}
