import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { allDashboards } from '../dashboards/src/all-dashboards.ts';
import type { Command } from '../src/cli/command.ts';
import { environmentName } from '../src/cli/command-flags.ts';
import { commands } from '../src/cli/commands.ts';
import { flagUsage } from '../src/cli/flag-help.ts';
import { configSchema } from '../src/config/schema.ts';
import { type FamilyGroup, selfGroups, targetGroups } from '../src/metrics/catalog.ts';
import type { Family } from '../src/metrics/family.ts';
import { keepaliveProbeFamilies } from '../src/metrics/keepalive-probe-families.ts';
import { probeFamilies } from '../src/metrics/probe-families.ts';
import { listWords } from '../src/parse/nearest-word.ts';
import { discoveryCandidates } from '../src/pipeline/discover-targets.ts';
import { scrapeProblems } from '../src/problem.ts';
import { forOperator, renderChartFiles } from './render-chart.ts';
import { renderCheckDocs } from './render-checks.ts';
import { renderReliability } from './render-reliability.ts';
import { renderRules } from './rules/render-rules.ts';
import { readDefaults } from './rules/rule-config.ts';
import { readTemplates } from './rules/rule-templates.ts';
import { writeAlertmanagerConfig } from './rules/write-alertmanager-config.ts';
import { writeMixin, writeMixinConfig, writeMixinTemplates } from './rules/write-mixin.ts';
import { writePlainRules, writePrometheusRule } from './rules/write-rules.ts';

/** Files generated from the tables in src/: path in the repository -> content. */
export function renderGeneratedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/metrics.md', renderMetricsDoc()],
    ['docs/errors.md', renderErrorsDoc()],
    ['docs/flags.md', renderFlagsDoc()],
    ...renderCheckDocs(),
    ['docs/reliability.md', renderReliability(readText('docs/reliability.md'))],
    ['config.schema.json', renderConfigSchema()],
    ...renderAlertFiles(),
    ...renderChartFiles(),
    ...[...allDashboards].map(
      ([name, dashboard]) =>
        [`dashboards/keepalive-${name}.json`, `${JSON.stringify(dashboard, null, 2)}\n`] as const,
    ),
    // Kustomize reads only files below its own folder.
    ...[...allDashboards].map(
      ([name, dashboard]) =>
        [
          `deploy/kubernetes/components/dashboards/keepalive-${name}.json`,
          `${JSON.stringify(dashboard)}\n`,
        ] as const,
    ),
  ]);
}

/** No links in the manifests: the addresses of the runbooks and of Grafana are not known here. */
const withoutLinks = { runbook_url: '', grafana_url: '' };

/** The rules of alerts/templates/ for Prometheus, for the Prometheus Operator, and as a mixin. */
function renderAlertFiles(): ReadonlyMap<string, string> {
  const source = 'alerts/config.yml';
  const templates = readTemplates();
  const config = readDefaults();
  const files = renderRules(templates, config);
  const dashboards = [...allDashboards.keys()].map((name) => `keepalive-${name}.json`);
  return new Map([
    ...files.map((file) => [`alerts/${file.file.name}`, writePlainRules(file, source)] as const),
    [
      'deploy/kubernetes/components/rules/prometheus-rule.yaml',
      writePrometheusRule(
        renderRules(templates, forOperator({ ...config, ...withoutLinks })),
        source,
      ),
    ],
    [
      'deploy/kubernetes/components/alertmanager-config/alertmanager-config.yaml',
      writeAlertmanagerConfig(readText('alerts/alertmanager/alertmanager.yml')),
    ],
    ['mixin.libsonnet', writeMixin(dashboards)],
    ['alerts/mixin/config.libsonnet', writeMixinConfig(config)],
    ['alerts/mixin/templates.libsonnet', writeMixinTemplates(templates)],
  ]);
}

function readText(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

const notice = (source: string) =>
  `<!-- Generated from ${source} by \`npm run generate\`; do not edit. -->\n`;

function renderMetricsDoc(): string {
  const groups: readonly FamilyGroup<never>[] = [
    ...targetGroups,
    ...selfGroups,
    { title: 'Only on /probe', families: probeFamilies },
    { title: 'Only on /probe, of a module with keepalive', families: keepaliveProbeFamilies },
  ];
  return [
    '# Metrics',
    notice('src/metrics/'),
    'This document lists each metric with its type, labels, meaning and source. An unknown figure is absent, never 0.',
    '[slot-model.md](slot-model.md) explains the slots, [errors.md](errors.md) the results.',
    '',
    ...groups.flatMap(({ title, families }) => [`## ${title}`, '', ...familyTable(families), '']),
  ].join('\n');
}

function familyTable(families: readonly Family<never>[]): readonly string[] {
  return [
    '| metric | type | labels | meaning | source |',
    '|---|---|---|---|---|',
    ...families.map(({ name, type, labels, help, source }) =>
      row([`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(' '), help, source]),
    ),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function renderErrorsDoc(): string {
  return [
    '# Scrape results',
    notice('src/problem.ts'),
    'This document lists the values of the label `result` of `webserver_scrape_result` and',
    '`webserver_scrape_failures_total`, and what to do about each.',
    '',
    '| result | meaning | what to do |',
    '|---|---|---|',
    row(['`ok`', 'The status page was read and understood.', '']),
    ...Object.entries(scrapeProblems).map(([result, { meaning, remedy }]) =>
      row([`\`${result}\``, meaning, remedy]),
    ),
    '',
  ].join('\n');
}

function inCode(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

function renderFlagsDoc(): string {
  return [
    '# Commands and flags',
    notice('src/cli/commands.ts'),
    '`keepalive-exporter` without a command runs `serve`. `-h` or `--help` prints the help, and `COMMAND --help` or',
    '`help COMMAND` the help of a command. `-v` or `--version` prints the version. Use a flag only once, unless its meaning',
    'says that it may be repeated. A flag takes precedence over its environment variable, and the environment variable over',
    'the default. The output has no colours. `source <(keepalive-exporter completion bash)` turns on the completion of',
    'commands, flags and values; use `zsh` instead of `bash` for zsh, and `keepalive-exporter completion fish | source` for',
    'fish.',
    '',
    '| exit code | meaning |',
    '|---|---|',
    '| 0 | done; nothing was found |',
    '| 1 | a finding, a refused configuration, or a file or server that could not be read or started |',
    '| 2 | wrong use: an unknown command, flag or value |',
    '',
    ...Object.entries(commands).flatMap(([name, command]) => commandSection(name, command)),
    '## Addresses tried without a configuration',
    '',
    ...discoveryCandidates.map(({ server, url }) => `- ${server}: \`${url}\``),
    '',
  ].join('\n');
}

function commandSection(
  name: string,
  { summary, details, operands, flags }: Command,
): readonly string[] {
  const rows = Object.entries(flags);
  const head = operands === undefined ? [summary] : [summary, `\`${name} ${operands}\``];
  if (rows.length === 0)
    return [
      `## ${name}`,
      '',
      head.join(' '),
      ...(details === undefined ? [] : ['', inCode(details)]),
      '',
    ];
  return [
    `## ${name}`,
    '',
    head.join(' '),
    '',
    '| flag | default | environment variable | meaning |',
    '|---|---|---|---|',
    ...rows.map(([flag, entry]) => {
      const { help, oneOf, multiple, environment, default: fallback } = entry;
      const values = oneOf === undefined ? '' : ` One of ${listWords(oneOf)}.`;
      const repeated =
        multiple === undefined || help.includes('repeated') ? '' : ' May be repeated.';
      return row([
        inCode(flagUsage(flag, entry)),
        inCode(fallback),
        environment === undefined ? '' : inCode(environmentName(flag)),
        `${help}${values}${repeated}`,
      ]);
    }),
    '',
  ];
}

/** For editors: `# yaml-language-server: $schema=config.schema.json` at the top of a configuration file. */
function renderConfigSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'keepalive-exporter configuration', ...schema }, null, 2)}\n`;
}
