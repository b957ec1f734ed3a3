import type { Finding, Severity } from '../snapshot/audit.ts';
import type { Place, Silence } from '../snapshot/config-tree.ts';
import { allCheckWords } from './catalog.ts';
import type { CheckWords } from './check.ts';
import type { AuditReport } from './run-audit.ts';

const levels: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

export interface SarifOptions {
  /** The version of the exporter. */
  readonly version: string;
  /** Paths of files in it are relative to it, as code scanning expects. */
  readonly workingDirectory: string;
}

/** The report as SARIF 2.1.0 (OASIS), for code scanning; silenced findings are suppressed results. */
export function renderAuditSarif(report: AuditReport, options: SarifOptions): string {
  const results = [
    ...report.findings.map((finding) => buildResult(finding, undefined, options)),
    ...report.silenced.map(({ finding, silence }) => buildResult(finding, silence, options)),
  ];
  const driver = {
    name: 'keepalive-exporter',
    version: options.version,
    rules: allCheckWords.map(buildRule),
  };
  return `${JSON.stringify(
    {
      $schema:
        'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [{ tool: { driver }, results }],
    },
    null,
    2,
  )}\n`;
}

function buildRule({ id, what, why, severity }: CheckWords) {
  return {
    id,
    shortDescription: { text: `${what}.` },
    fullDescription: { text: why },
    defaultConfiguration: { level: levels[severity] },
  };
}

function buildResult(finding: Finding, silence: Silence | undefined, options: SarifOptions) {
  const { id, severity, what, effective, origin, advised, fix, more } = finding;
  const text = [
    what,
    `Now: ${effective} (${origin}).`,
    `Advised: ${advised}.`,
    'Fix:',
    ...fix,
    ...(more === undefined ? [] : [`${more} more of this check and severity, not listed.`]),
  ].join('\n');
  return {
    ruleId: id,
    ruleIndex: allCheckWords.findIndex((check) => check.id === id),
    level: levels[severity],
    message: { text },
    locations: [buildLocation(finding.at, options)],
    suppressions: silence && [{ kind: 'inSource', justification: silence.reason }],
  };
}

function buildLocation({ file, line }: Place, { workingDirectory }: SarifOptions) {
  const base = workingDirectory.endsWith('/') ? workingDirectory : `${workingDirectory}/`;
  const artifactLocation = file.startsWith(base)
    ? { uri: encodePath(file.slice(base.length)), uriBaseId: '%SRCROOT%' }
    : { uri: `file://${encodePath(file)}` };
  return { physicalLocation: { artifactLocation, region: { startLine: line } } };
}

/** encodeURI() keeps # and ?, which end the path of a URI. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
