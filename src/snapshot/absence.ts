/** Why something about the machine is not known. The metric is then absent, never 0, and the reason is logged once. */
export interface Absence {
  readonly kind: 'not_permitted' | 'not_found' | 'unreadable';
  /** What was read, such as `/proc/812/smaps_rollup`. */
  readonly subject: string;
  /** Why it failed, as text for a person. */
  readonly detail: string;
}
