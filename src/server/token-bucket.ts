import type { RateLimit } from '../config/web-config.ts';

/** Full at the start, as Go's rate.Limiter is. */
export interface TokenBucket {
  /** Whether a request may pass. */
  take(): boolean;
  /** The request that took a token is not to be counted. */
  giveBack(): void;
}

/**
 * @param limit one token per interval, at most `burst` saved up
 * @param now a monotonic clock in milliseconds
 */
export function createTokenBucket(limit: RateLimit, now: () => number): TokenBucket {
  let tokens = limit.burst;
  let filledAt = now();
  return {
    take() {
      const at = now();
      tokens = Math.min(limit.burst, tokens + (at - filledAt) / limit.intervalMilliseconds);
      filledAt = at;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    giveBack() {
      tokens = Math.min(limit.burst, tokens + 1);
    },
  };
}
