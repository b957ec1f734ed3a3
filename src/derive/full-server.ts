import type { IdleCost } from '../snapshot/prediction.ts';

interface Fullness {
  readonly idleCost: IdleCost;
  readonly slotLimit: number | undefined;
  /** High figure of the slots in use at the busiest moment under today's timeout. */
  readonly busiestToday: number | undefined;
  /** Share of the samples with all slots in use, or nearly all. */
  readonly fullSampleShare?: number;
}

/** Share of the slots above which visitors may soon have to wait: a slot that was just freed is in use again at once. */
export const nearlyAll = 0.95;
/** A smaller share can come from a restart. */
const minimumFullShare = 0.001;

/**
 * Whether visitors may have waited for a slot while the log was written. Either the samples show it, or the busiest
 * moment may have used nearly all slots. nginx closes idle connections instead of letting visitors wait.
 */
export function mayHaveBeenFull(fullness: Fullness): boolean {
  const { idleCost, slotLimit, busiestToday, fullSampleShare = 0 } = fullness;
  if (idleCost === 'reclaimable') return false;
  if (fullSampleShare >= minimumFullShare) return true;
  if (busiestToday === undefined || slotLimit === undefined) return false;
  return busiestToday >= nearlyAll * slotLimit;
}

/**
 * Slots that the visitors of a full server are assumed to want, compared with those that it has. They wait, so their
 * log shows no more than all slots. Simulated servers stay within this unless they are overloaded all the time.
 */
const wantedWhenFull = 1.25;

interface FullServer {
  readonly slotLimit: number;
  /** Seconds with all slots in use, or nearly all. */
  readonly fullSeconds: number;
  /** The busiest hour under today's timeout: mean of slots in use, and connections. */
  readonly meanToday: number;
  readonly connectionsPerSecond: number;
  /** Mean of slots in use under the timeout in question. */
  readonly mean: number;
  /** The busiest moment under that timeout, according to the log. */
  readonly logged: number;
}

/**
 * Slots that visitors of a full server may need at their busiest moment under another timeout: in proportion to the
 * means, with a burst around it. Nobody waited longer than the server was full, so no more visitors are added to those
 * in the log than it accepts in that time.
 */
export function busiestOfFull(full: FullServer): number {
  const { slotLimit, fullSeconds, meanToday, connectionsPerSecond, mean, logged } = full;
  if (meanToday === 0) return logged;
  const burst = burstAround((wantedWhenFull * slotLimit * mean) / meanToday);
  // By Little's law: slots divided by the seconds that a connection holds one.
  const acceptedPerSecond = (slotLimit * connectionsPerSecond) / meanToday;
  return Math.max(logged, Math.min(burst, logged + acceptedPerSecond * fullSeconds));
}

/**
 * A full server accepts visitors only as slots become free, so its log shows them late and without bursts. With
 * visitors who arrive at random, the number of slots in use has a Poisson distribution; 997 of 1,000 moments stay below
 * mean + 3 x sqrt(mean) + 1.
 */
export function burstAround(mean: number): number {
  return mean === 0 ? 0 : mean + 3 * Math.sqrt(mean) + 1;
}
