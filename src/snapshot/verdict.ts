export const evidenceKinds = [
  'no_idle_slot',
  'connected_but_unanswered',
  'accept_queue',
  'error_log',
  'dropped_connections',
] as const;

/** What shows that a server is exhausted. */
export type Evidence = (typeof evidenceKinds)[number];

export interface Verdict {
  /** Whether no slot is free for a new visitor; absent when there is no evidence. */
  readonly exhausted?: boolean;
  /** Empty unless exhausted. */
  readonly evidence: readonly Evidence[];
}
