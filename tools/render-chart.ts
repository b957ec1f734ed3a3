import { readFileSync } from 'node:fs';
import { isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import { allDashboards } from '../dashboards/src/all-dashboards.ts';
import { renderRules } from './rules/render-rules.ts';
import { type RuleConfig, readDefaults } from './rules/rule-config.ts';
import { readTemplates } from './rules/rule-templates.ts';
import { writeAlertmanagerConfig } from './rules/write-alertmanager-config.ts';
import { listGroups } from './rules/write-rules.ts';

const chart = 'deploy/helm/keepalive-exporter';

/** Copies of shared files for the Helm chart, because a chart can read only files of its own folder. */
export function renderChartFiles(): ReadonlyMap<string, string> {
  return new Map([
    [`${chart}/README.md`, renderReadme()],
    [`${chart}/files/rules.yaml`, renderChartRules()],
    [
      `${chart}/files/alertmanager-config.yaml`,
      writeAlertmanagerConfig(readText('alerts/alertmanager/alertmanager.yml')),
    ],
    [`${chart}/files/config-central.yml`, readText('deploy/kubernetes/base/config.yml')],
    [
      `${chart}/files/config-daemonset.yml`,
      readText('deploy/kubernetes/overlays/node-logs/config.yml'),
    ],
    ...[...allDashboards].map(
      ([name, dashboard]) =>
        [
          `${chart}/files/dashboards/keepalive-${name}.json`,
          `${JSON.stringify(dashboard)}\n`,
        ] as const,
    ),
  ]);
}

/** Clusters with the Operator have the Watchdog of kube-prometheus. A second one would reach their default receiver. */
export function forOperator(config: RuleConfig): RuleConfig {
  const alerts = { KeepaliveExporterWatchdog: { enabled: false }, ...config.alerts };
  return { ...config, alerts };
}

/** templates/prometheus-rule.yaml fills in the links from values. */
function renderChartRules(): string {
  const links = { runbook_url: 'RUNBOOK_URL', grafana_url: 'GRAFANA_URL' };
  const files = renderRules(readTemplates(), forOperator({ ...readDefaults(), ...links }));
  const notice = '# Generated from alerts/templates/ and alerts/config.yml; do not edit.\n';
  return `${notice}${stringify({ groups: listGroups(files) }, { lineWidth: 0 })}`;
}

function renderReadme(): string {
  const values = parseDocument(readText(`${chart}/values.yaml`)).contents;
  if (!isMap(values)) throw new Error(`${chart}/values.yaml is not a map`);
  const table = [
    '| value | default | meaning |',
    '|---|---|---|',
    ...rowsOf(values as ValueMap, ''),
  ].join('\n');
  return readText('tools/chart-readme.md').replace('<!-- values -->', () => table);
}

type ValueMap = YAMLMap<unknown, unknown>;

/** A row for each value that is not a group. A group is a map with one key on each line. */
function rowsOf(map: ValueMap, prefix: string): readonly string[] {
  return map.items.flatMap((pair, index) => {
    const name = `${prefix}${isScalar(pair.key) ? String(pair.key.value) : ''}`;
    // The parser attaches the comment above the first key of a map to the map itself.
    const comment = commentOf(pair) || (index === 0 ? (map.commentBefore ?? '') : '');
    if (isMap(pair.value) && !pair.value.flow && pair.value.items.length > 0) {
      const rows = rowsOf(pair.value as ValueMap, `${name}.`);
      return comment === '' || index < 0 ? rows : [row(`${name}.*`, '', comment), ...rows];
    }
    const value = pair.value as { toJSON(): unknown };
    return [row(name, `\`${JSON.stringify(value.toJSON())}\``, comment)];
  });
}

function commentOf({ key }: Pair): string {
  return isScalar(key) ? (key.commentBefore ?? '') : '';
}

function row(name: string, fallback: string, comment: string): string {
  const meaning = comment.split('\n').map((line) => line.trim());
  const cells = [`\`${name}\``, fallback, meaning.join(' ')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function readText(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}
