import type { SampleCounters } from '../snapshot/samples.ts';
import type { SlotFigures } from '../snapshot/slots.ts';
import { addRatio, emptyRatioHistogram } from './ratio-histogram.ts';

export const noSamples: SampleCounters = {
  saturation: emptyRatioHistogram,
  keepaliveOccupancy: emptyRatioHistogram,
  taken: 0,
  missed: 0,
};

/** One sample that was answered; a ratio that is not known is not counted. */
export function countSample(counters: SampleCounters, figures: SlotFigures): SampleCounters {
  const { workerSaturation, keepaliveOccupancy } = figures;
  return {
    ...counters,
    taken: counters.taken + 1,
    ...(workerSaturation === undefined
      ? {}
      : { saturation: addRatio(counters.saturation, workerSaturation) }),
    ...(keepaliveOccupancy === undefined
      ? {}
      : { keepaliveOccupancy: addRatio(counters.keepaliveOccupancy, keepaliveOccupancy) }),
  };
}

/**
 * One sample that was missed. A full server cannot answer, and leaving those moments out would make it look emptier
 * the longer it is full: while the verdict is "exhausted" a missed sample counts as saturation 1.
 */
export function countMissedSample(counters: SampleCounters, exhausted: boolean): SampleCounters {
  return {
    ...counters,
    missed: counters.missed + 1,
    ...(exhausted ? { saturation: addRatio(counters.saturation, 1) } : {}),
  };
}
