import { isIPv6 } from 'node:net';
import type { RateLimit } from '../config/web-config.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** A person may mistype a few times; a machine that guesses gets one password checked in two seconds. */
const failures: RateLimit = { burst: 5, intervalMilliseconds: 2000 };

/** Addresses remembered; the one that has been quiet for longest is forgotten first. */
const rememberedAddresses = 1000;

/** Limits how many passwords are checked for one address; those that turn out right are given back. */
export interface FailureLimit {
  /** False: this address has used up its failures for now. */
  take(address: string): boolean;
  giveBack(address: string): void;
}

/** @param now a monotonic clock in milliseconds */
export function createFailureLimit(now: () => number): FailureLimit {
  const buckets = new Map<string, TokenBucket>();
  const bucketOf = (address: string): TokenBucket => {
    const key = networkOf(address);
    const bucket = buckets.get(key) ?? createTokenBucket(failures, now);
    buckets.delete(key);
    buckets.set(key, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > rememberedAddresses && oldest !== undefined) buckets.delete(oldest);
    return bucket;
  };
  return {
    take: (address) => bucketOf(address).take(),
    giveBack: (address) => bucketOf(address).giveBack(),
  };
}

/** Whoever has an IPv6 address usually has the whole /64. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  return address.split('::')[0]?.split(':').slice(0, 4).join(':') ?? address;
}
