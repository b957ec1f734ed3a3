import type { ApacheStatus } from './apache-status.ts';
import type { NginxStatus } from './nginx-status.ts';

export type StatusSnapshot = ApacheStatus | NginxStatus;

export const serverKinds = ['apache', 'nginx'] as const;
export type ServerKind = (typeof serverKinds)[number];

/** A parsed status page, and the fields that were left out. */
export interface ParsedPage<S extends StatusSnapshot> {
  readonly snapshot: S;
  readonly badFields: readonly BadField[];
}

/** One field with a malformed value. */
export interface BadField {
  readonly field: string;
  /** 1-based line of the page. */
  readonly line: number;
  /** The value, shortened. */
  readonly found: string;
}

/** Why a page is not a status page, as text for the person who configured the target. */
export interface NotAStatusPage {
  readonly found: string;
  readonly remedy: string;
}
