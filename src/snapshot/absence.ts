/**
 * Why something the machine could tell is not known here. The metric is then absent, never 0, and the reason goes to
 * the log once.
 */
export interface Absence {
  readonly kind: 'not_permitted' | 'not_found' | 'not_supported' | 'unreadable';
  /** What was asked, such as `/proc/812/smaps_rollup`. */
  readonly subject: string;
  /** What stood in the way, in words for a person. */
  readonly detail: string;
}
