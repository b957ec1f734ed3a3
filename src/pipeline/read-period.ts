import { buildPeriod } from '../derive/build-period.ts';
import { lastChange } from '../derive/last-change.ts';
import {
  changeQueries,
  type GaugeName,
  gaugeNames,
  periodQueries,
  type TargetSelection,
} from '../derive/period-queries.ts';
import type { PrometheusClient, QueryRange } from '../io/query-prometheus.ts';
import { err, ok, type Result } from '../result.ts';
import type { Period } from '../snapshot/period.ts';

type Values = ReadonlyMap<number, number>;

/** Reads all figures of a target in one period. */
export async function readPeriod(
  client: PrometheusClient,
  selection: TargetSelection,
  range: QueryRange,
): Promise<Result<Period, string>> {
  const queries = periodQueries(selection, `${range.stepSeconds}s`);
  // Each value covers the step before it: the first one is one step after the start.
  const ends = { ...range, startSeconds: range.startSeconds + range.stepSeconds };
  const gauges: Partial<Record<GaugeName, Values>> = {};
  for (const name of gaugeNames) {
    const values = await readValues(client, queries.gauges[name], ends);
    if (!values.ok) return values;
    gauges[name] = values.value;
  }
  const keepaliveTimeout = await readValues(client, queries.keepaliveTimeout, ends);
  if (!keepaliveTimeout.ok) return keepaliveTimeout;
  const buckets = await client.queryRange(queries.durations, ends);
  if (!buckets.ok) return buckets;
  const durations = new Map(
    buckets.value.map(({ labels, values }) => [boundOf(labels['le']), values]),
  );
  return ok(buildPeriod({ ...range, gauges, durations, keepaliveTimeout: keepaliveTimeout.value }));
}

function boundOf(text: string | undefined): number {
  return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
}

async function readValues(
  client: PrometheusClient,
  promql: string,
  range: QueryRange,
): Promise<Result<Values, string>> {
  const series = await client.queryRange(promql, range);
  return series.ok ? ok(series.value[0]?.values ?? new Map()) : series;
}

/** When the server last loaded another configuration, with the precision of a step. */
export async function findConfigChange(
  client: PrometheusClient,
  selection: TargetSelection,
  range: QueryRange,
): Promise<Result<number, string>> {
  const changes: number[] = [];
  for (const promql of changeQueries(selection)) {
    const values = await readValues(client, promql, range);
    if (!values.ok) return values;
    const change = lastChange(values.value);
    if (change !== undefined) changes.push(change);
  }
  if (changes.length > 0) return ok(Math.max(...changes));
  return err(
    `no configuration change of target "${selection.target}" was recorded: give --before and --after`,
  );
}
