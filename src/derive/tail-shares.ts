import type { Range } from '../snapshot/prediction.ts';

/** How long clients stay after their last response, if it was measured. */
export interface MeasuredTail {
  readonly todaySeconds: number;
  /** Mean under today's timeout, which ends all tails. */
  readonly meanSeconds: number;
}

/**
 * Mean tail under a timeout, as a share of that timeout. Only the mean under today's timeout can be measured. The
 * bounds hold for every distribution with that mean: the mean of min(tail, T) is a concave function of T that is 0 at
 * 0, so below today's timeout it lies above the straight line and below the measured mean; above it the opposite holds.
 * The expected value assumes that clients close at a constant rate. Without a measurement the bounds are 0 and 1, and
 * the expected case is that no client closes first; this predicted measured values within 10 %.
 */
export function tailShares(timeout: number, measured: MeasuredTail | undefined): Range {
  if (timeout === 0) return { low: 0, expected: 0, high: 0 };
  if (measured === undefined || measured.todaySeconds === 0)
    return { low: 0, expected: 1, high: 1 };
  const { todaySeconds } = measured;
  const mean = Math.min(Math.max(0, measured.meanSeconds), todaySeconds);
  const straight = mean / todaySeconds;
  const flat = Math.min(1, mean / timeout);
  const rate = closingRate(straight) / todaySeconds;
  return {
    low: Math.min(straight, flat),
    expected: meanShare(rate * timeout),
    high: Math.max(straight, flat),
  };
}

/** Mean of min(tail, T) over T for a client that closes `x` times within T: (1 - e^-x) / x. */
function meanShare(x: number): number {
  return x < 1e-9 ? 1 : -Math.expm1(-x) / x;
}

/**
 * The x for which meanShare(x) is the share, by bisection. It is below 1 / share, because meanShare(x) is below 1 / x.
 */
function closingRate(share: number): number {
  let low = 0;
  if (share >= 1) return low;
  let high = 1 / share;
  if (high === Infinity) return high;
  for (let step = 0; step < 100; step++) {
    const x = (low + high) / 2;
    if (meanShare(x) > share) low = x;
    else high = x;
  }
  return low;
}
