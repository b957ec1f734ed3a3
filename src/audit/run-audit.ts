import { type Finding, severities } from '../snapshot/audit.ts';
import type { Silence } from '../snapshot/config-tree.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { allChecks } from './catalog.ts';
import type { AuditSubject, CheckWords, Hit } from './check.ts';
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

/** Runs every check. A silence hides the findings of its check in its file. */
export function runAudit(subject: AuditSubject): AuditReport {
  const all = allChecks.flatMap((check) =>
    check.find(subject).map((hit) => buildFinding(check, hit)),
  );
  const silences = [subject.apache, subject.nginx].flatMap((view) =>
    view === undefined
      ? []
      : view.tree.silences
          .filter(({ id }) => id !== '')
          .map((silence) => ({ server: view.server, silence })),
  );
  // Of equal silences in one file the first one counts.
  const byPlace = new Map(
    silences.toReversed().map((one) => [placeKey(one.silence.id, one.silence.at.file), one]),
  );
  const silenced = all.flatMap((finding) => {
    const found = byPlace.get(placeKey(finding.id, finding.at.file));
    return found === undefined ? [] : [{ finding, silence: found.silence }];
  });
  const hidden = new Set(silenced.map(({ finding }) => finding));
  const used = new Set(silenced.map(({ silence }) => silence));
  const findings = [
    ...all.filter((finding) => !hidden.has(finding)),
    ...silences.filter(({ silence }) => !used.has(silence)).map(buildUnused),
  ];
  return { findings: findings.toSorted(byWeight), silenced };
}

function placeKey(id: string, file: string): string {
  return `${id}\0${file}`;
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

function buildUnused({ server, silence }: { server: ServerKind; silence: Silence }): Finding {
  return buildFinding(unusedSilence, {
    server,
    at: silence.at,
    effective: `silence ${silence.id}`,
    origin: placeText(silence.at),
    advised: 'remove it',
    fix: [`# remove: silence ${silence.id}: ${silence.reason}`],
  });
}

function byWeight(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    a.at.file.localeCompare(b.at.file) ||
    a.at.line - b.at.line ||
    a.id.localeCompare(b.id)
  );
}
