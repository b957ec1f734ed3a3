import { isIPv6 } from 'node:net';
import type { RateLimit } from '../config/web-config.ts';
import { rememberNewest } from '../remember-newest.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** A person may mistype a few times. A program that guesses gets one password checked every two seconds. */
const failures: RateLimit = { burst: 5, intervalMilliseconds: 2000 };

/** The address without a failure for longest is forgotten first. */
const rememberedAddresses = 1000;

/** Limits how many passwords are checked for one address. Right passwords do not count. */
export interface FailureLimit {
  /** False when this address has reached its limit for now. */
  take(address: string): boolean;
  giveBack(address: string): void;
}

/** @param now a monotonic clock in milliseconds */
export function createFailureLimit(now: () => number): FailureLimit {
  const buckets = new Map<string, TokenBucket>();
  const bucketOf = (address: string): TokenBucket => {
    const key = networkOf(address);
    const bucket = buckets.get(key) ?? createTokenBucket(failures, now);
    rememberNewest(buckets, [key, bucket], rememberedAddresses);
    return bucket;
  };
  return {
    take: (address) => bucketOf(address).take(),
    giveBack: (address) => bucketOf(address).giveBack(),
  };
}

/** A client with an IPv6 address usually controls its whole /64. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  return address.split('::')[0]?.split(':').slice(0, 4).join(':') ?? address;
}
