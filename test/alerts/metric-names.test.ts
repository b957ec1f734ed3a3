import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { selfGroups, targetGroups } from '../../src/metrics/catalog.ts';
import { probeFamilies } from '../../src/metrics/probe-families.ts';
import { createProcessMetrics } from '../../src/metrics/registry.ts';
import { pendingMetrics } from '../support/pending-metrics.ts';
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

/** What Prometheus and its service discovery add to every series, and its own series. */
const scrapeLabels = ['job', 'instance', 'cluster', 'namespace'];
const ofPrometheus = new Map([
  ['up', scrapeLabels],
  ['ALERTS', ['alertname', 'alertstate', 'severity', 'target', ...scrapeLabels]],
]);

/** MERGE: delete this list when src/metrics has these rows; dashboards/ uses them already. */
const ofTarget = ['target', 'server'];
const metricsToCome = new Map([
  ['webserver_visitors_unanswered', ofTarget],
  ['webserver_connections', [...ofTarget, 'listen', 'activity']],
  ['webserver_slots_source', [...ofTarget, 'source']],
  ['webserver_connection_clients', ofTarget],
  ['webserver_connection_top_client_connections', ofTarget],
  ['webserver_connection_oldest_idle_seconds', ofTarget],
  ['webserver_connection_idle_seconds_bucket', [...ofTarget, 'le']],
  ['webserver_connection_min_rtt_seconds', [...ofTarget, 'quantile']],
  ['webserver_kernel_age_seconds', ofTarget],
  ['webserver_requests_in_progress', [...ofTarget, 'state']],
]);

async function knownSeries(): Promise<ReadonlyMap<string, readonly string[]>> {
  const known = new Map<string, readonly string[]>(ofPrometheus);
  const add = (name: string, labels: readonly string[]) =>
    known.set(name, [...labels, ...scrapeLabels]);
  for (const [name, labels] of pendingMetrics) add(name, labels);
  for (const { families } of [...targetGroups, ...selfGroups, { families: probeFamilies }]) {
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
  for (const [name, labels] of metricsToCome) add(name, labels);
  for (const { record } of rules) if (record !== undefined) add(record, ['target', 'server']);
  return known;
}

const queries = [
  ...rules.map(({ expr }) => expr),
  ...[...allDashboards.values()].flatMap((dashboard) =>
    [...JSON.stringify(dashboard).matchAll(/"expr":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '""']) => JSON.parse(text) as string,
    ),
  ),
].map((expr) => fillGrafanaVariables(expr));

test('every metric and label in a rule or a dashboard is one the exporter emits', async () => {
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

test('every grouping label exists on some series', async () => {
  const labels = new Set([...(await knownSeries()).values()].flat());
  const wrong = queries.flatMap((expr) =>
    readPromqlNames(expr).groupingLabels.filter((label) => !labels.has(label)),
  );
  expect(wrong).toEqual([]);
});
