/** What a connection is doing, as the kernel's socket data show it (docs/slot-model.md says how and with which error). */
export const connectionActivities = [
  /** Completed by the kernel, accepted by nobody. */
  'queued',
  /** Accepted; the client has not sent a byte. */
  'silent',
  /** Bytes received and nothing sent since: half a request, or a request at work. */
  'active',
  /** Bytes written by the server that the client has not acknowledged: a slow download. */
  'sending',
  /** The last thing that happened was an answer: idle keep-alive. */
  'idle',
  /** The server has ended the connection and still holds it until the client does too (lingering close). */
  'closing',
] as const;

export type ConnectionActivity = (typeof connectionActivities)[number];

export type ActivityCounts = Readonly<Record<ConnectionActivity, number>>;

/** One connection of the slot board: what it does and for how long. */
export interface HeldConnection {
  readonly activity: ConnectionActivity;
  /** Seconds since its last byte in either direction. */
  readonly ageSeconds: number;
}

/** A classic histogram; `buckets` are cumulative counts, one for each bound of idleSecondsBounds. */
export interface IdleSeconds {
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** All connections of one server together, over its listening sockets. */
export interface ConnectionSummary {
  readonly counts: ActivityCounts;
  /** The idle times of the idle connections at this moment. */
  readonly idleSeconds: IdleSeconds;
  readonly oldestIdleSeconds?: number;
  /** How long the oldest visitor who still waits has been in an accept queue. */
  readonly oldestQueuedSeconds?: number;
  /** Distinct client addresses that hold an accepted connection, the exporter's own connections left out. */
  readonly clients: number;
  /** Most accepted connections of one client address. */
  readonly topClientConnections: number;
  /** Percentiles of the lowest round-trip time of each connection, in seconds; absent without connections. */
  readonly minRoundTripSeconds?: Readonly<Record<'50' | '90' | '99', number>>;
  /** At most 1,000 accepted or queued connections, the oldest first. */
  readonly held: readonly HeldConnection[];
}
