import type { Range } from '../snapshot/prediction.ts';

/** How long clients stay after their last response, as far as it was measured. */
export interface MeasuredTail {
  readonly todaySeconds: number;
  /** Under today's timeout, which ends all tails. */
  readonly meanSeconds: number;
}

/**
 * Mean tail under a timeout, as a share of that timeout. Only its mean under today's timeout can be measured; the bounds
 * hold for every distribution with that mean. The mean of min(tail, T) is a concave function of T that is 0 at 0: below
 * today's timeout it lies over the straight line and under the measured mean, above it the other way round. What is
 * expected is a client that closes at a constant rate. Without a measurement anything is possible, and that no client
 * closes first is expected: it predicted within 10 % what was measured.
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

/** The x at which meanShare is the share, by halving; it is under 1 / share, since meanShare(x) is under 1 / x. */
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
