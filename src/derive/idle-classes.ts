import type { IdleClasses } from '../snapshot/gap-summary.ts';
import type { HistogramCounts } from '../snapshot/log-counts.ts';

/** Bounds of the histograms of idle times: ten to a decade, from 10 ms to five minutes. */
const lowestBound = 0.01;
const stepsOfDecade = 10;
const stepCount = 45;
export const idleBounds: readonly number[] = [
  ...Array.from({ length: stepCount }, (_, step) =>
    Number((lowestBound * 10 ** (step / stepsOfDecade)).toPrecision(3)),
  ),
  300,
];

/** Idle times as they are counted: exact for the timeouts, and in fine buckets. */
export interface IdleTimes {
  readonly timeouts: readonly number[];
  readonly counts: Float64Array;
  readonly seconds: Float64Array;
  readonly histogram: HistogramCounts;
}

export function createIdleTimes(timeouts: readonly number[]): IdleTimes {
  const classes = timeouts.length + 1;
  const counts = Array.from({ length: idleBounds.length + 1 }, () => 0);
  return {
    timeouts,
    counts: new Float64Array(classes),
    seconds: new Float64Array(classes),
    histogram: { upperBounds: idleBounds, counts, sum: 0 },
  };
}

/** Logs tell microseconds at best; differences of doubles are not exact to the last of them. */
const rounding = 1e-6;

/** Counts an idle time; gives its class. */
export function addIdleTime(
  { timeouts, counts, seconds, histogram }: IdleTimes,
  idle: number,
): number {
  let idleClass = 0;
  while (idleClass < timeouts.length && idle > (timeouts[idleClass] as number) + rounding)
    idleClass++;
  counts[idleClass] = (counts[idleClass] as number) + 1;
  seconds[idleClass] = (seconds[idleClass] as number) + idle;
  const bucket = bucketOf(idle);
  histogram.counts[bucket] = (histogram.counts[bucket] as number) + 1;
  histogram.sum += idle;
  return idleClass;
}

export function idleClassesOf({ counts, seconds }: IdleTimes): IdleClasses {
  return { counts: [...counts], seconds: [...seconds] };
}

/** The first bound that is not below, by halving: a logarithm takes longer. */
function bucketOf(idle: number): number {
  let from = 0;
  let to = idleBounds.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (idle > (idleBounds[middle] as number)) from = middle + 1;
    else to = middle;
  }
  return from;
}
