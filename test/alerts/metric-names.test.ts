import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { createProcessMetrics } from '../../src/io/process-metrics.ts';
import { selfGroups, targetGroups } from '../../src/metrics/catalog.ts';
import { keepaliveProbeFamilies } from '../../src/metrics/keepalive-probe-families.ts';
import { probeFamilies } from '../../src/metrics/probe-families.ts';
import { docBlocks } from '../support/doc-blocks.ts';
import { listLabelValues } from '../support/label-values.ts';
import { fillGrafanaVariables, readPromqlNames } from '../support/promql-names.ts';

const root = new URL('../../', import.meta.url);

interface Rule {
  readonly record?: string;
  readonly expr: string;
}

const rules = readdirSync(new URL('alerts', root))
  .filter((name) => name.endsWith('.rules.yml'))
  .flatMap(
    (name) =>
      (
        parse(readFileSync(new URL(`alerts/${name}`, root), 'utf8')) as {
          groups: { rules: Rule[] }[];
        }
      ).groups,
  )
  .flatMap((group) => group.rules);

/** Labels that Prometheus and its service discovery add to every series, and its own series. */
const scrapeLabels = ['job', 'instance', 'cluster', 'namespace'];
const ofPrometheus = new Map([
  ['up', scrapeLabels],
  ['ALERTS', ['alertname', 'alertstate', 'severity', 'target', ...scrapeLabels]],
]);

async function knownSeries(): Promise<ReadonlyMap<string, readonly string[]>> {
  const known = new Map<string, readonly string[]>(ofPrometheus);
  const add = (name: string, labels: readonly string[]) =>
    known.set(name, [...labels, ...scrapeLabels]);
  const ofProbes = [{ families: probeFamilies }, { families: keepaliveProbeFamilies }];
  for (const { families } of [...targetGroups, ...selfGroups, ...ofProbes]) {
    for (const { name, type, labels } of families) {
      if (type !== 'histogram') add(name, labels);
      else {
        add(`${name}_bucket`, [...labels, 'le']);
        add(`${name}_sum`, labels);
        add(`${name}_count`, labels);
      }
    }
  }
  for (const { name, samples } of await createProcessMetrics().collect()) {
    add(name, Object.keys(samples[0]?.labels ?? {}));
  }
  for (const { record } of rules) if (record !== undefined) add(record, ['target', 'server']);
  return known;
}

/** A line is a query; an indented one continues the line before. */
const runbookQueries = readdirSync(new URL('docs/runbooks', root))
  .flatMap((page) => docBlocks(`docs/runbooks/${page}`))
  .filter(({ language }) => language === 'promql')
  .flatMap(({ text }) => text.trim().split(/\n(?! )/));

const queries = [
  ...rules.map(({ expr }) => expr),
  ...runbookQueries,
  ...[...allDashboards.values()].flatMap((dashboard) =>
    [...JSON.stringify(dashboard).matchAll(/"expr":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '""']) => JSON.parse(text) as string,
    ),
  ),
].map((expr) => fillGrafanaVariables(expr));

test('the runbooks have queries', () => {
  expect(runbookQueries.length).toBeGreaterThan(100);
});

test('the exporter emits every metric and label in a rule, a dashboard or a runbook', async () => {
  const known = await knownSeries();
  const wrong = queries.flatMap((expr) => {
    const { selectors, errors } = readPromqlNames(expr);
    return [
      ...errors.map((piece) => `${expr}: cannot parse "${piece}"`),
      ...selectors.flatMap(({ metric, matchers }) => {
        const labels = known.get(metric);
        if (labels === undefined) return [`${metric} does not exist (${expr})`];
        return matchers
          .filter(({ label }) => !labels.includes(label))
          .map(({ label }) => `${metric} has no label ${label} (${expr})`);
      }),
    ];
  });
  expect(wrong).toEqual([]);
});

/** A selector of a value that nobody emits is an empty panel and an alert that never fires. */
test('every value and each alternative of a pattern in a rule, a dashboard or a runbook is one that the label can have', () => {
  const wrong = queries.flatMap((expr) =>
    readPromqlNames(expr).selectors.flatMap(({ metric, matchers }) =>
      matchers.flatMap(({ label, value, isPattern }) => {
        const values = listLabelValues(metric, label);
        const alternatives = isPattern ? value.replaceAll('\\\\', '\\').split('|') : [value];
        return alternatives
          .filter((text) => values?.some((known) => matches(known, text, isPattern)) === false)
          .map((text) => `${metric} never has ${label}="${text}" (${expr})`);
      }),
    ),
  );
  expect(wrong).toEqual([]);
});

function matches(known: string, text: string, isPattern: boolean): boolean {
  return isPattern ? new RegExp(`^(?:${text})$`).test(known) : known === text;
}

test('every grouping label exists on some series', async () => {
  const labels = new Set([...(await knownSeries()).values()].flat());
  const wrong = queries.flatMap((expr) =>
    readPromqlNames(expr).groupingLabels.filter((label) => !labels.has(label)),
  );
  expect(wrong).toEqual([]);
});
