import type { ConnectionSummary } from '../snapshot/connections.ts';
import type { SampleCounters } from '../snapshot/samples.ts';
import type { SlotFigures } from '../snapshot/slots.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { addIdleSeconds, noIdleSeconds } from './idle-seconds.ts';
import { addRatio, emptyRatioHistogram } from './ratio-histogram.ts';

export const noSamples: SampleCounters = {
  saturation: emptyRatioHistogram,
  keepaliveOccupancy: emptyRatioHistogram,
  keepaliveSlots: { sum: 0, count: 0 },
  idleSeconds: noIdleSeconds,
  taken: 0,
  missed: 0,
};

/**
 * The figures that a sample counts. Apache event's own count of idle connections lags by up to KeepAliveTimeout: where
 * the kernel tells, only the samples beside which it was read go into the histogram. The mean over ten minutes, from
 * which the advice reckons, is the same either way.
 */
export function sampledFigures({
  figures,
  host,
}: Pick<TargetView, 'figures' | 'host'>): SlotFigures | undefined {
  const lags =
    figures?.keepaliveModel === 'async' &&
    host?.connections !== undefined &&
    figures.groups.at(-1)?.fromKernel !== true;
  if (!lags) return figures;
  const { keepaliveOccupancy: _lagging, ...current } = figures;
  return current;
}

/** One sample that was answered; a ratio that is not known is not counted. */
export function countSample(
  counters: SampleCounters,
  figures: SlotFigures | undefined,
): SampleCounters {
  const { sum, count } = counters.keepaliveSlots;
  const slots = figures?.groups.at(-1)?.counts.get('keepalive');
  return {
    ...addRatios(counters, figures),
    ...(slots === undefined ? {} : { keepaliveSlots: { sum: sum + slots, count: count + 1 } }),
    taken: counters.taken + 1,
  };
}

/**
 * One sample that was missed. A full server cannot answer, and leaving those moments out would make it look emptier
 * the longer it is full: while the verdict is "exhausted" a missed sample counts as saturation 1, with the occupancy
 * that the kernel shows.
 */
export function countMissedSample(
  counters: SampleCounters,
  view: Pick<TargetView, 'verdict' | 'figures'> | undefined,
): SampleCounters {
  const missed = { ...counters, missed: counters.missed + 1 };
  if (view?.verdict.exhausted !== true) return missed;
  const { keepaliveOccupancy } = view.figures ?? {};
  return addRatios(missed, {
    workerSaturation: 1,
    ...(keepaliveOccupancy === undefined ? {} : { keepaliveOccupancy }),
  });
}

/** The idle times of one reading of the kernel. */
export function countIdleSeconds(
  counters: SampleCounters,
  connections: ConnectionSummary | undefined,
): SampleCounters {
  if (connections === undefined) return counters;
  return {
    ...counters,
    idleSeconds: addIdleSeconds(counters.idleSeconds, connections.idleSeconds),
  };
}

function addRatios(
  counters: SampleCounters,
  ratios: Pick<SlotFigures, 'workerSaturation' | 'keepaliveOccupancy'> = {},
): SampleCounters {
  const { workerSaturation, keepaliveOccupancy } = ratios;
  return {
    ...counters,
    ...(workerSaturation === undefined
      ? {}
      : { saturation: addRatio(counters.saturation, workerSaturation) }),
    ...(keepaliveOccupancy === undefined
      ? {}
      : { keepaliveOccupancy: addRatio(counters.keepaliveOccupancy, keepaliveOccupancy) }),
  };
}
