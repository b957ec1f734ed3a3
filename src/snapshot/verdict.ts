export const evidences = [
  'no_idle_slot',
  'connected_but_unanswered',
  'accept_queue',
  'error_log',
  'dropped_connections',
] as const;

/** What speaks for a server being exhausted. */
export type Evidence = (typeof evidences)[number];

export interface Verdict {
  /** Whether a new visitor finds no slot; absent when nothing tells. */
  readonly exhausted?: boolean;
  /** Empty unless exhausted. */
  readonly evidence: readonly Evidence[];
}
