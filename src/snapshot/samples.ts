import type { Histogram } from './histogram.ts';

/** Counts of the samples of one target since the exporter started. */
export interface SampleCounters {
  readonly saturation: Histogram;
  readonly keepaliveOccupancy: Histogram;
  /** Slots in state `keepalive`, of the kind that idle clients hold: sum over count is their mean number. */
  readonly keepaliveSlots: { readonly sum: number; readonly count: number };
  /** Idle times of all connections, added each time the kernel is read. */
  readonly idleSeconds: Histogram;
  readonly taken: number;
  /** Samples not taken: the previous one was still under way, or the server did not answer. */
  readonly missed: number;
}
