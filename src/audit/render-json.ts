import type { AuditedServer } from './audited-server.ts';
import type { AuditReport } from './run-audit.ts';

/** The report for programs. */
export function renderAuditJson(report: AuditReport, servers: readonly AuditedServer[]): string {
  const silenced = report.silenced.map(({ finding, silence }) => ({
    ...finding,
    reason: silence.reason,
    silencedAt: silence.at,
  }));
  return `${JSON.stringify({ servers, findings: report.findings, silenced }, null, 2)}\n`;
}
