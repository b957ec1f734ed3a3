import type { TimeoutLoad } from '../snapshot/gap-summary.ts';
import type { Range } from '../snapshot/prediction.ts';
import { sum } from './ranges.ts';
import { slotsOfBin } from './slot-bins.ts';

/**
 * The maximum of slots in use when clients hold only a share of their tails. Two values are known: the busiest moment
 * with whole tails, and the maximum without tails. In between the maximum is convex in the share: it lies below the
 * straight line between both, and above the value of that busiest moment. The share is that of the whole log; at a
 * single moment chance adds to it, and no more than whole tails are possible.
 */
export function busiestOf(load: TimeoutLoad, shares: Range): Range {
  const { busiest, busiestWithoutTails } = load;
  const whole = wholeOf(load);
  const lower = (share: number) =>
    Math.max(busiestWithoutTails, busiest.busy + busiest.gap + share * busiest.tail);
  const upper = (share: number) => busiestWithoutTails + share * (whole - busiestWithoutTails);
  return {
    low: lower(shares.low),
    expected: (lower(shares.expected) + upper(shares.expected)) / 2,
    high: highestWith(load, { share: shares.high, whole }),
  };
}

/** Share of the time in which at least `limit` slots may be in use, when clients hold at most a share of their tails. */
export function timeAt(limit: number, load: TimeoutLoad, share: number): number | undefined {
  const all = sum(load.moments);
  if (all === 0) return undefined;
  const most = wholeOf(load);
  const isFull = (bin: number) =>
    highestWith(load, { share, whole: Math.min(most, slotsOfBin(bin)) }) >= limit;
  return sum(load.moments.filter((_, bin) => isFull(bin))) / all;
}

function wholeOf({ busiest: { busy, gap, tail } }: TimeoutLoad): number {
  return busy + gap + tail;
}

/** High figure of the slots in use at a moment that holds `whole` slots with whole tails. */
function highestWith(
  { busiest, busiestWithoutTails }: TimeoutLoad,
  { share, whole }: { readonly share: number; readonly whole: number },
): number {
  const upper = busiestWithoutTails + share * (whole - busiestWithoutTails);
  return Math.min(whole, upper + deviation(busiest.tail, share));
}

/** Standard deviation of the number of clients that are still there, each with the probability of that share. */
function deviation(tails: number, share: number): number {
  return Math.sqrt(tails * share * (1 - share));
}
