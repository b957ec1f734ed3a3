import { present } from '../present.ts';
import type { ConnectionSummary } from '../snapshot/connections.ts';
import type { Histogram } from '../snapshot/histogram.ts';
import type { SampleCounters } from '../snapshot/samples.ts';
import type { SlotFigures } from '../snapshot/slots.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { idleSecondsBounds } from './connection-activity.ts';
import { addHistograms, emptyHistogram, withValue } from './histogram.ts';

/** Finer near 1, where an operator must act. */
const ratioBounds = [0.5, 0.7, 0.8, 0.9, 0.95, 1] as const;

export const emptySamples: SampleCounters = {
  saturation: emptyHistogram(ratioBounds),
  keepaliveOccupancy: emptyHistogram(ratioBounds),
  keepaliveSlots: { sum: 0, count: 0 },
  idleSeconds: emptyHistogram(idleSecondsBounds),
  taken: 0,
  missed: 0,
};

/**
 * The figures that a sample counts. Apache event reports its idle connections up to KeepAliveTimeout late. Where the
 * kernel shows them, only samples with a reading of the kernel go into the histogram. The mean that the advice uses
 * covers ten minutes, so the delay does not matter there.
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

/** Counts one answered sample; an unknown ratio is not counted. */
export function countSample(
  counters: SampleCounters,
  figures: SlotFigures | undefined,
): SampleCounters {
  return {
    ...addRatios(counters, figures),
    keepaliveSlots: withIdleSlots(counters, figures),
    taken: counters.taken + 1,
  };
}

function withIdleSlots(
  { keepaliveSlots }: SampleCounters,
  figures: SlotFigures | undefined,
): SampleCounters['keepaliveSlots'] {
  const slots = figures?.groups.at(-1)?.counts.get('keepalive');
  if (slots === undefined) return keepaliveSlots;
  return { sum: keepaliveSlots.sum + slots, count: keepaliveSlots.count + 1 };
}

/**
 * Counts one missed sample. A full server cannot answer, and leaving out these moments would make it look emptier the
 * longer it is full. So while the verdict is "exhausted", a missed sample counts as saturation 1, with the occupancy and
 * the idle clients that the kernel shows.
 */
export function countMissedSample(
  counters: SampleCounters,
  view: Pick<TargetView, 'verdict' | 'figures'> | undefined,
): SampleCounters {
  const missed = { ...counters, missed: counters.missed + 1 };
  if (view?.verdict.exhausted !== true) return missed;
  const { keepaliveOccupancy } = view.figures ?? {};
  return {
    ...addRatios(missed, { workerSaturation: 1, ...present({ keepaliveOccupancy }) }),
    keepaliveSlots: withIdleSlots(counters, view.figures),
  };
}

/** Adds the idle times of one reading of the kernel. */
export function countIdleSeconds(
  counters: SampleCounters,
  connections: ConnectionSummary | undefined,
): SampleCounters {
  if (connections === undefined) return counters;
  return {
    ...counters,
    idleSeconds: addHistograms(counters.idleSeconds, connections.idleSeconds),
  };
}

function addRatios(
  counters: SampleCounters,
  ratios: Pick<SlotFigures, 'workerSaturation' | 'keepaliveOccupancy'> = {},
): SampleCounters {
  const { workerSaturation, keepaliveOccupancy } = ratios;
  return {
    ...counters,
    saturation: withKnown(counters.saturation, workerSaturation),
    keepaliveOccupancy: withKnown(counters.keepaliveOccupancy, keepaliveOccupancy),
  };
}

function withKnown(histogram: Histogram, value: number | undefined): Histogram {
  return value === undefined ? histogram : withValue(histogram, value);
}
