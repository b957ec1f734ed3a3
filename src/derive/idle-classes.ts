import type { IdleClasses } from '../snapshot/gap-summary.ts';
import type { RunningHistogram } from '../snapshot/histogram.ts';
import { bucketOf, emptyHistogram } from './histogram.ts';

/** Bounds of the histograms of idle times: ten per decade, from 10 ms to five minutes. */
const lowestBound = 0.01;
const stepsOfDecade = 10;
const stepCount = 45;
export const idleBounds: readonly number[] = [
  ...Array.from({ length: stepCount }, (_, step) =>
    Number((lowestBound * 10 ** (step / stepsOfDecade)).toPrecision(3)),
  ),
  300,
];

/** Idle times: exact by timeout, and in fine buckets. */
export interface IdleTimes {
  readonly timeouts: readonly number[];
  readonly counts: Float64Array;
  readonly seconds: Float64Array;
  readonly histogram: RunningHistogram;
}

export function createIdleTimes(timeouts: readonly number[]): IdleTimes {
  const classes = timeouts.length + 1;
  return {
    timeouts,
    counts: new Float64Array(classes),
    seconds: new Float64Array(classes),
    histogram: emptyHistogram(idleBounds),
  };
}

/** Logs have microseconds at best, and differences of doubles are not exact to the last of them. */
const rounding = 1e-6;

/** Counts an idle time and returns its class. */
export function addIdleTime(
  { timeouts, counts, seconds, histogram }: IdleTimes,
  idle: number,
): number {
  let idleClass = 0;
  while (idleClass < timeouts.length && idle > (timeouts[idleClass] as number) + rounding)
    idleClass++;
  counts[idleClass] = (counts[idleClass] as number) + 1;
  seconds[idleClass] = (seconds[idleClass] as number) + idle;
  const bucket = bucketOf(idleBounds, idle);
  histogram.counts[bucket] = (histogram.counts[bucket] as number) + 1;
  histogram.sum += idle;
  return idleClass;
}

export function idleClassesOf({ counts, seconds }: IdleTimes): IdleClasses {
  return { counts: [...counts], seconds: [...seconds] };
}
