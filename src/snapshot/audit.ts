import type { Place } from './config-tree.ts';
import type { ServerKind } from './status-page.ts';

export const severities = ['error', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/** One thing that a configuration says otherwise than advised. */
export interface Finding {
  /** Of the check: docs/checks/ID.md. */
  readonly id: string;
  readonly server: ServerKind;
  readonly severity: Severity;
  /** What is wrong, in a sentence. */
  readonly what: string;
  readonly at: Place;
  /** What counts now, as `KeepAliveTimeout 60`. */
  readonly effective: string;
  /** `file:line`, or `default of Apache 2.4`. */
  readonly origin: string;
  readonly advised: string;
  readonly why: string;
  /** Lines to paste. */
  readonly fix: readonly string[];
}
