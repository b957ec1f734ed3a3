import { readdirSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

interface RuleFile {
  readonly groups: readonly unknown[];
}

const alerts = new URL('../alerts/', import.meta.url);

/** The rule files of alerts/, in the order of their names; the SLO rules are generated anew elsewhere. */
export function readRuleFiles(): readonly RuleFile[] {
  return readdirSync(alerts)
    .filter((name) => name.endsWith('.rules.yml'))
    .toSorted()
    .map((name) => parse(readFileSync(new URL(name, alerts), 'utf8')) as RuleFile);
}

/** The same rules as an object of the Prometheus Operator. */
export function renderPrometheusRule(files: readonly RuleFile[]): string {
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'keepalive-exporter' },
    spec: { groups: files.flatMap(({ groups }) => groups) },
  };
  const header = '# Generated from alerts/*.rules.yml by `npm run generate`; do not edit.\n';
  return header + stringify(rule, { lineWidth: 0 });
}
