import type { Place } from './config-tree.ts';
import type { ServerKind } from './status-page.ts';

export const severities = ['error', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/** One setting of a configuration that differs from the advice. */
export interface Finding {
  /** Id of the check: docs/checks/ID.md. */
  readonly id: string;
  readonly server: ServerKind;
  readonly severity: Severity;
  /** What is wrong, in a sentence. */
  readonly what: string;
  readonly at: Place;
  /** The setting in force, such as `KeepAliveTimeout 60`. */
  readonly effective: string;
  /** `file:line`, or `default of Apache 2.4`. */
  readonly origin: string;
  readonly advised: string;
  readonly why: string;
  /** Lines to paste. */
  readonly fix: readonly string[];
  /** On the last listed finding of a check and severity: the number of those that are not listed. */
  readonly more?: number;
}
/** A value in force, and where it comes from. */
export interface EffectiveFigure {
  readonly value: number;
  readonly origin: string;
}

/** What a server's configuration sets for connections, in the first virtual server that visitors reach. */
export interface ConfigFigures {
  /** 0 when keep-alive is off. */
  readonly keepaliveTimeoutSeconds: EffectiveFigure;
  /** As the directive counts them; 0 means no limit. Absent when keep-alive is off. */
  readonly keepaliveRequests?: EffectiveFigure;
}

/** The last audit of a target's configuration file. */
export interface ConfigView {
  readonly findings: readonly Finding[];
  readonly figures?: ConfigFigures;
  /** Why the file could not be read; there are no findings then. */
  readonly problem?: string;
}
