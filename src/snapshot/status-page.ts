import type { ApacheStatus } from './apache-status.ts';
import type { NginxStatus } from './nginx-status.ts';

export type StatusSnapshot = ApacheStatus | NginxStatus;

export const serverKinds = ['apache', 'nginx'] as const;
export type ServerKind = (typeof serverKinds)[number];

/** A status page that was recognised, and the fields of it that had to be left out. */
export interface ParsedPage<S extends StatusSnapshot> {
  readonly snapshot: S;
  readonly badFields: readonly BadField[];
}

/** One field whose value does not follow the grammar of its kind. */
export interface BadField {
  readonly field: string;
  /** 1-based line of the page. */
  readonly line: number;
  /** What stood there, shortened. */
  readonly found: string;
}

/** Why a page is no status page, in words for the person who configured the target. */
export interface NotAStatusPage {
  readonly found: string;
  readonly remedy: string;
}
