import type { RateLimit } from '../config/web-config.ts';

/** Full at the start, like Go's rate.Limiter. */
export interface TokenBucket {
  /** Whether a request may pass. */
  take(): boolean;
  /** The request that took a token does not count. */
  giveBack(): void;
}

/**
 * @param limit one token per interval, and at most `burst` tokens
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
