import type { Finding } from '../snapshot/audit.ts';

/** How many findings there are, with those that are not listed. */
export function countFindings(findings: readonly Finding[]): number {
  return findings.reduce((count, { more = 0 }) => count + 1 + more, 0);
}
