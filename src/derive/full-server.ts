import type { TimeoutLoad } from '../snapshot/gap-summary.ts';
import type { IdleCost } from '../snapshot/prediction.ts';

interface Fullness {
  readonly idleCost: IdleCost;
  readonly slotLimit: number | undefined;
  readonly todaySeconds: number | undefined;
  readonly loads: readonly TimeoutLoad[];
  /** Share of the samples with all slots held, or nearly so. */
  readonly fullSampleShare?: number;
}

/** Of the slots: with more than this held, what waits is soon more than what the last slots take. */
const nearlyAll = 0.95;
/** Fewer samples may be those of a restart. */
const leastFullShare = 0.001;

/**
 * Whether visitors may have waited for a slot while the log was written: the samples say so, or today's busiest moment
 * took nearly all slots if no client closed first. Nginx closes idle connections instead of letting visitors wait.
 */
export function mayHaveBeenFull(fullness: Fullness): boolean {
  const { idleCost, slotLimit, todaySeconds, loads, fullSampleShare = 0 } = fullness;
  if (idleCost === 'reclaimable') return false;
  if (fullSampleShare >= leastFullShare) return true;
  const today = loads.find(({ timeoutSeconds }) => timeoutSeconds === todaySeconds);
  if (today === undefined || slotLimit === undefined) return false;
  const { busy, gap, tail } = today.busiest;
  return busy + gap + tail >= nearlyAll * slotLimit;
}

/**
 * What a burst may take. A full server takes visitors in no faster than slots become free, so its log shows them later
 * than they came, and no burst. Visitors who come at random hold a number of slots around a mean with Poisson's
 * distribution; 997 of 1,000 moments stay under mean + 3 x its root + 1.
 */
export function burstAround(mean: number): number {
  return mean === 0 ? 0 : mean + 3 * Math.sqrt(mean) + 1;
}
