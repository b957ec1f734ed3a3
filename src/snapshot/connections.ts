import type { Histogram } from './histogram.ts';

/**
 * What a connection is doing, according to the kernel's socket data. docs/slot-model.md explains how it is recognised,
 * and with which error.
 */
export const connectionActivities = [
  /** Completed by the kernel, not yet accepted by the server. */
  'queued',
  /** Accepted; the client has not sent a byte. */
  'silent',
  /** Bytes were received and nothing was sent since: part of a request, or a request that is being processed. */
  'active',
  /** The server has written bytes that the client has not acknowledged: a slow download. */
  'sending',
  /** The server sent last: an idle keep-alive connection. */
  'idle',
  /** The server has closed its side and waits for the client to close (lingering close). */
  'closing',
] as const;

export type ConnectionActivity = (typeof connectionActivities)[number];

export type ActivityCounts = Readonly<Record<ConnectionActivity, number>>;

/** One connection on the slot board: its activity and for how long. */
export interface HeldConnection {
  readonly activity: ConnectionActivity;
  /** Seconds since its last byte in either direction. */
  readonly ageSeconds: number;
}

/** All connections of one server, over all its listening sockets. */
export interface ConnectionSummary {
  readonly counts: ActivityCounts;
  /** The idle times of the idle connections at this moment. */
  readonly idleSeconds: Histogram;
  readonly oldestIdleSeconds?: number;
  /** The longest time that a connection has waited in an accept queue. */
  readonly oldestQueuedSeconds?: number;
  /** Distinct client addresses that hold an accepted connection, without the exporter itself. */
  readonly clients: number;
  /** The largest number of accepted connections of one client address. */
  readonly topClientConnections: number;
  /** Percentiles of the lowest round-trip time of each connection, in seconds; absent without connections. */
  readonly minRoundTripSeconds?: Readonly<Record<'50' | '90' | '99', number>>;
  /** At most 1,000 accepted or queued connections, the oldest first. */
  readonly held: readonly HeldConnection[];
}
