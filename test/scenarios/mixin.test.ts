import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { renderRules } from '../../tools/rules/render-rules.ts';
import { parseRuleConfig } from '../../tools/rules/rule-config.ts';
import { readTemplates } from '../../tools/rules/rule-templates.ts';
import { docBlock, repository } from '../support/doc-blocks.ts';
import { requireBinary } from '../support/find-binary.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { promtool } from '../support/promtool.ts';

interface Group {
  readonly name: string;
  readonly rules: readonly { readonly alert?: string }[];
}

/** Values of each kind: numbers of every shape, texts, lists, labels, windows, alerts left out. */
const changed = {
  runbook_url: 'https://wiki.example.org/run%20books',
  selector: 'job="web", cluster=~"eu|us"',
  alert_labels: { team: 'web', namespace: 'shop' },
  service_labels: ['region', 'job', 'target'],
  hoarding_saturation: 0.655,
  restart_loop_starts: 7,
  dropped_share: 0.000125,
  log_lag_bytes: 123_456_789,
  traffic_window: '7m',
  saturation_high_window: '1h',
  latency_seconds: 0.25,
  availability_objective: 0.9995,
  slo_windows: [
    { severity: 'critical', long: '2h', short: '10m', burn: 7.2, for: '5m' },
    { severity: 'info', long: '2h', short: '1h', burn: 1, for: '1h' },
  ],
  alerts: {
    WebserverDown: { severity: 'warning', for: '10m', keep_firing_for: '2m' },
    KeepaliveExporterDown: { for: '6m' },
    KeepaliveExporterWatchdog: { enabled: false },
    WebserverLatencyBudgetBurn: { enabled: true },
  },
};

/** What Debian's jsonnet makes of the mixin, as jb vendors it: the repository is on the library path. */
function evaluate(field: string, config: object): unknown {
  const mixin = `(import 'mixin.libsonnet') + { _config+:: ${JSON.stringify(config)} }`;
  const source = `{ mixin:: ${mixin}, found: $.mixin.${field} }.found`;
  const { stdout, stderr } = spawnSync(
    requireBinary('jsonnet'),
    ['--jpath', repository, '--exec', source],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (stderr !== '') throw new Error(`jsonnet: ${stderr}`);
  return JSON.parse(stdout);
}

function mixinGroups(config: object): readonly Group[] {
  const fields = 'prometheusRules.groups + $.mixin.prometheusAlerts.groups';
  return evaluate(fields, config) as readonly Group[];
}

/** What `npm run rules` writes into a directory. */
function writeRules(config: object, into: string, ...flags: readonly string[]): readonly string[] {
  const own = join(into, 'own.yml');
  writeFileSync(own, stringify(config));
  const { status, stderr } = spawnSync(
    'npm',
    ['run', '--silent', 'rules', '--', `--config=${own}`, `--into=${into}`, ...flags],
    { cwd: repository, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return readdirSync(into)
    .filter((name) => /rules?\.ya?ml$/.test(name))
    .map((name) => join(into, name));
}

const readGroups = (file: string) =>
  (parse(readFileSync(file, 'utf8')) as { readonly groups: readonly Group[] }).groups;

/** The same bytes for the same groups, whatever the order of groups and keys. */
function canonical(groups: readonly Group[]): string {
  const sortKeys = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const sorted = groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return JSON.stringify(sorted, sortKeys, 1);
}

describe('the mixin', () => {
  it('has the rules of alerts/*.rules.yml', () => {
    const files = readdirSync(join(repository, 'alerts')).filter((name) =>
      name.endsWith('.rules.yml'),
    );
    const groups = files.flatMap((name) => readGroups(join(repository, 'alerts', name)));
    expect(canonical(mixinGroups({}))).toBe(canonical(groups));
  });

  it('has the rules that npm run rules writes for changed values, in both forms', async () => {
    const into = await keepTempDirectory('rules');
    const files = writeRules(changed, into);
    const groups = files.flatMap(readGroups);
    expect(canonical(mixinGroups(changed))).toBe(canonical(groups));
    expect(canonical(groups)).not.toContain('KeepaliveExporterWatchdog');
    const { exitCode, output } = promtool(['check', 'rules', ...files]);
    expect(exitCode, output).toBe(0);

    const [operator = ''] = writeRules(changed, await keepTempDirectory('rules'), '--operator');
    const { spec } = parse(readFileSync(operator, 'utf8')) as { spec: { groups: Group[] } };
    expect(canonical(spec.groups)).toBe(canonical(groups));
  });

  it('keeps groups with alerts apart from recording rules', () => {
    const { groups } = evaluate('prometheusRules', {}) as { groups: Group[] };
    expect(groups.map(({ name }) => name)).toEqual([
      'keepalive-slots',
      'keepalive-logs',
      'keepalive-slo-requests',
    ]);
  });

  it('is configured as alerts/README.md says, with the file of its first block and with its jsonnet', async () => {
    const into = await keepTempDirectory('rules');
    await symlink(repository, join(into, 'keepalive-exporter'));
    const { stdout, stderr } = spawnSync(
      requireBinary('jsonnet'),
      ['--jpath', into, '--exec', docBlock('alerts/README.md', 'jsonnet')],
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('webserver_up{cluster=\\"eu\\"}');
    const own = parseRuleConfig(docBlock('alerts/README.md', 'yaml'));
    expect(JSON.stringify(renderRules(readTemplates(), own))).toContain('"team":"web"');
  });

  it('has the dashboards', () => {
    const dashboards = evaluate('grafanaDashboards', {});
    expect(dashboards).toEqual(
      Object.fromEntries(
        [...allDashboards].map(([name, dashboard]) => [
          `keepalive-${name}.json`,
          JSON.parse(JSON.stringify(dashboard)),
        ]),
      ),
    );
  });
});
