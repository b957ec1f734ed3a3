import { type Finding, severities } from '../snapshot/audit.ts';
import type { Silence } from '../snapshot/config-tree.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { allChecks } from './catalog.ts';
import type { AuditSubject, Check, CheckWords, Hit } from './check.ts';
import { unusedSilence } from './checks/own.ts';
import { placeText } from './setting.ts';

export interface SilencedFinding {
  readonly finding: Finding;
  readonly silence: Silence;
}

export interface AuditReport {
  /** Worst first, then by file and line. */
  readonly findings: readonly Finding[];
  readonly silenced: readonly SilencedFinding[];
}

/** Maximum number of findings of one check and severity: a large tree can have one for each line. */
export const maxListed = 1000;

/** Runs every check. A silence hides the findings of its check in its file. */
export function runAudit(subject: AuditSubject): AuditReport {
  const silences = [subject.apache, subject.nginx].flatMap((view) =>
    view === undefined
      ? []
      : view.tree.silences
          .filter(({ id }) => id !== '')
          .map((silence) => ({ server: view.server, silence })),
  );
  // Of equal silences in one file the first one counts.
  const byPlace = new Map(
    silences
      .toReversed()
      .map(({ silence }) => [placeKey(silence.id, silence.at.file), silence] as const),
  );
  const results = allChecks.map((check) => runCheck(check, subject, byPlace));
  const used = new Set(results.flatMap((result) => [...result.used]));
  const unused = silences.filter(({ silence }) => !used.has(silence)).map(unusedHit);
  const findings = [
    ...results.flatMap((result) => result.findings),
    ...buildFindings(unusedSilence, unused),
  ];
  return {
    findings: findings.toSorted(byWeight),
    silenced: results.flatMap((result) => result.silenced),
  };
}

type Silences = ReadonlyMap<string, Silence>;

function runCheck(check: Check, subject: AuditSubject, silences: Silences) {
  const silenceOf = ({ at }: Pick<Hit, 'at'>) => silences.get(placeKey(check.id, at.file));
  const hits = check.find(subject);
  const silenced = hits.filter((hit) => silenceOf(hit) !== undefined);
  const others = silenced.length === 0 ? hits : hits.filter((hit) => silenceOf(hit) === undefined);
  return {
    findings: buildFindings(check, others),
    silenced: buildFindings(check, silenced).flatMap((finding) => {
      const silence = silenceOf(finding);
      return silence === undefined ? [] : [{ finding, silence }];
    }),
    used: new Set(silenced.flatMap((hit) => silenceOf(hit) ?? [])),
  };
}

function placeKey(id: string, file: string): string {
  return `${id}\0${file}`;
}

/** The first ones of each severity, the last of which has the number of the rest. */
function buildFindings(check: CheckWords, hits: readonly Hit[]): readonly Finding[] {
  return severities.flatMap((severity) => {
    const own = hits.filter((hit) => (hit.severity ?? check.severity) === severity);
    const listed = own
      .slice(0, maxListed)
      .map((hit) => buildFinding(check, hit))
      .toSorted(byWeight);
    const last = listed.at(-1);
    if (last === undefined || own.length === listed.length) return listed;
    return [...listed.slice(0, -1), { ...last, more: own.length - listed.length }];
  });
}

function buildFinding({ id, severity, what, why }: CheckWords, hit: Hit): Finding {
  const { detail, ...rest } = hit;
  return {
    id,
    what: `${what}.${detail === undefined ? '' : ` ${detail}`}`,
    why,
    ...rest,
    severity: hit.severity ?? severity,
  };
}

function unusedHit({ server, silence }: { server: ServerKind; silence: Silence }): Hit {
  return {
    server,
    at: silence.at,
    effective: `silence ${silence.id}`,
    origin: placeText(silence.at),
    advised: 'remove it',
    fix: [`# remove: silence ${silence.id}: ${silence.reason}`],
  };
}

function byWeight(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    a.at.file.localeCompare(b.at.file) ||
    a.at.line - b.at.line ||
    a.id.localeCompare(b.id)
  );
}
