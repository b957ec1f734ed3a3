import type { SampleCounters } from '../snapshot/samples.ts';
import { countOf, countUpTo } from './histogram.ts';

/** The samples that an advice uses. */
export type Sampled = Pick<SampleCounters, 'keepaliveSlots' | 'saturation'>;

/** Samples needed for a mean: ten minutes at one a second. */
export const minimumSamples = 600;

interface Setting {
  readonly todaySeconds: number | undefined;
  readonly slots: number | undefined;
}

/** A setting, and the samples that were taken under earlier ones. */
export interface SampledUnder extends Setting {
  readonly sampledBefore: Sampled | undefined;
}

/** The samples before the setting changed: of a timeout all, of the number of slots those of how full the server was. */
export function sampledUnderOthers(
  samples: Sampled | undefined,
  last: SampledUnder | undefined,
  now: Setting,
): Sampled | undefined {
  if (last === undefined || samples === undefined) return last?.sampledBefore;
  if (last.todaySeconds !== now.todaySeconds) return samples;
  // Sampling restarts when the configuration of a target changes.
  const before = isEarlier(last.sampledBefore, samples) ? last.sampledBefore : undefined;
  if (last.slots === undefined || last.slots === now.slots) return before;
  const { keepaliveSlots = { sum: 0, count: 0 } } = before ?? {};
  return { keepaliveSlots, saturation: samples.saturation };
}

function isEarlier(before: Sampled | undefined, samples: Sampled): boolean {
  return before !== undefined && countOf(before.saturation) <= countOf(samples.saturation);
}

/** Sum and number of the samples of idle slots since then. */
export function idleSlotsSince(samples: Sampled | undefined, before: Sampled | undefined) {
  const { sum, count } = samples?.keepaliveSlots ?? { sum: 0, count: 0 };
  const earlier = before?.keepaliveSlots;
  if (earlier === undefined || earlier.count > count) return { sum, count };
  return { sum: sum - earlier.sum, count: count - earlier.count };
}

/** Share of the samples since then with more than 95 % of the slots in use. */
export function fullShareSince(
  samples: Sampled | undefined,
  before: Sampled | undefined,
): number | undefined {
  const all = fullnessOf(samples);
  const earlier = fullnessOf(before);
  const isSince = earlier.count <= all.count;
  const count = all.count - (isSince ? earlier.count : 0);
  const full = all.full - (isSince ? earlier.full : 0);
  return count < minimumSamples ? undefined : full / count;
}

function fullnessOf(sampled: Sampled | undefined) {
  if (sampled === undefined) return { count: 0, full: 0 };
  const count = countOf(sampled.saturation);
  return { count, full: count - (countUpTo(sampled.saturation, 0.95) ?? count) };
}
