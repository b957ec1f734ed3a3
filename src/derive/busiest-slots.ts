import type { TimeoutLoad } from '../snapshot/gap-summary.ts';
import type { Range } from '../snapshot/prediction.ts';

/**
 * The maximum of slots in use when clients hold only a share of their tails. Two values are known: the busiest moment
 * with whole tails, and the maximum without tails. In between the maximum is convex in the share: it lies below the
 * straight line between both, and above the value of that busiest moment. The share is that of the whole log; at a
 * single moment chance adds to it, and no more than whole tails are possible.
 */
export function busiestOf({ busiest, busiestWithoutTails }: TimeoutLoad, shares: Range): Range {
  const whole = busiest.busy + busiest.gap + busiest.tail;
  const lower = (share: number) =>
    Math.max(busiestWithoutTails, busiest.busy + busiest.gap + share * busiest.tail);
  const upper = (share: number) => busiestWithoutTails + share * (whole - busiestWithoutTails);
  return {
    low: lower(shares.low),
    expected: (lower(shares.expected) + upper(shares.expected)) / 2,
    high: Math.min(whole, upper(shares.high) + deviation(busiest.tail, shares.high)),
  };
}

/** Standard deviation of the number of clients that are still there, each with the probability of that share. */
function deviation(tails: number, share: number): number {
  return Math.sqrt(tails * share * (1 - share));
}
