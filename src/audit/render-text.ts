import { countFindings } from '../derive/count-findings.ts';
import { wrapText } from '../derive/wrap-text.ts';
import { type Finding, severities } from '../snapshot/audit.ts';
import type { AuditedServer } from './audited-server.ts';
import type { AuditReport } from './run-audit.ts';
import { placeText } from './setting.ts';

const names = { apache: 'Apache', nginx: 'nginx' } as const;

/** The report for people. */
export function renderAuditText(report: AuditReport, servers: readonly AuditedServer[]): string {
  return [
    ...servers.map(describeServer),
    '',
    ...report.findings.flatMap((finding) => [...describeFinding(finding), '']),
    summary(report),
    '',
  ].join('\n');
}

const sources = {
  flag: '--server-version',
  binary: 'its binary',
  status_page: 'its status page',
  assumed: 'assumed',
} as const;

function describeServer({ server, file, version, versionSource, mpm }: AuditedServer): string {
  const model = mpm === undefined ? '' : `, ${mpm}`;
  return `${file}: ${names[server]} ${version} (${sources[versionSource]})${model}`;
}

function describeFinding(finding: Finding): readonly string[] {
  const { severity, id, at, what, effective, origin, advised, why, fix, more } = finding;
  const isOwnPlace = origin === placeText(at);
  return [
    `${placeText(at)}: ${severity}: ${id}`,
    wrapText(what, { first: '  ', next: 2 }),
    row('now', `${effective}${isOwnPlace ? '' : ` (${origin})`}`),
    row('advised', advised),
    row('why', why),
    // Lines to paste are not wrapped.
    ...fix.map((line, index) => `  ${index === 0 ? 'fix:' : '    '}     ${line}`),
    ...(more === undefined
      ? []
      : [row('more', `${more} ${severity} of ${id} that are not listed`)]),
  ];
}

function row(name: string, text: string): string {
  return wrapText(text, { first: `  ${`${name}:`.padEnd(9)}`, next: 11 });
}

function summary({ findings, silenced }: AuditReport): string {
  const counts = severities.map((severity) => {
    const count = countFindings(findings.filter((finding) => finding.severity === severity));
    return `${count} ${severity}`;
  });
  const hiddenCount = countFindings(silenced.map(({ finding }) => finding));
  const hidden = hiddenCount === 0 ? '' : `; ${hiddenCount} silenced`;
  const total = countFindings(findings);
  const text = `${total} ${total === 1 ? 'finding' : 'findings'}: ${counts.join(', ')}${hidden}.`;
  return total === 0 ? text : `${text}\nEach check has a page in the project's docs/checks/.`;
}
