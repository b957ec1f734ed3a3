import type { RateLimit } from '../config/web-config.ts';

/** Says for each request whether it may pass; full at the start, as Go's rate.Limiter is. */
export type TokenBucket = () => boolean;

/**
 * @param limit one token per interval, at most `burst` saved up
 * @param now a monotonic clock in milliseconds
 */
export function createTokenBucket(limit: RateLimit, now: () => number): TokenBucket {
  let tokens = limit.burst;
  let filledAt = now();
  return () => {
    const at = now();
    tokens = Math.min(limit.burst, tokens + (at - filledAt) / limit.intervalMilliseconds);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
