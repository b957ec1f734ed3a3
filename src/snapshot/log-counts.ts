import type { RunningHistogram } from './histogram.ts';

/**
 * All that is counted from one access log: plain data that survives JSON unchanged, so that it can be
 * saved together with the offset it belongs to. Its size depends on configuration alone.
 */
export interface LogCounts {
  /** Allow-list of virtual hosts, in the order of their indexes; empty without that dimension. */
  readonly vhosts: readonly string[];
  /** By code (100 to 599, then other) a row by vhost, protocol and method; null until the code is seen. */
  readonly responses: (number[] | null)[];
  readonly requestDuration: RunningHistogram;
  readonly upstreamConnect: RunningHistogram;
  readonly upstreamResponse: RunningHistogram;
  responseBytes: number;
  clientAborts: number;
  timeoutsBeforeRequest: number;
  timeoutsInRequest: number;
  /** Parallel to connectionThresholds. */
  readonly connectionsReached: number[];
  /** Parallel to checkedFields: lines whose field could not be read. */
  readonly badFields: number[];
  /** Requests of the exporter itself, which are in no other figure. */
  ownRequests: number;
  linesParsed: number;
  linesUnparsed: number;
  /** Unix time in seconds of the newest line; null until a line has a time. */
  lastLineSeconds: number | null;
}
