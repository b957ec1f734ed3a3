import type { IdleSeconds } from './connections.ts';

/** A classic histogram of ratios; `buckets` are cumulative counts, one for each bound of ratioBounds. */
export interface RatioHistogram {
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** What the sampler has counted about one target since the exporter started. */
export interface SampleCounters {
  readonly saturation: RatioHistogram;
  readonly keepaliveOccupancy: RatioHistogram;
  /** Keep-alive slots, of the kind that keep-alive costs: their mean is what idle clients hold. */
  readonly keepaliveSlots: { readonly sum: number; readonly count: number };
  /** Idle times of connections, all of each reading of the kernel. */
  readonly idleSeconds: IdleSeconds;
  readonly taken: number;
  /** Samples not taken: the one before was still under way, or the server did not answer. */
  readonly missed: number;
}
