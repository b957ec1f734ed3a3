import { buildPeriod } from '../derive/build-period.ts';
import { type ConfigChange, lastConfigChange } from '../derive/config-change.ts';
import { median } from '../derive/median.ts';
import {
  changeQueries,
  type GaugeName,
  gaugeNames,
  periodQueries,
  scrapedSeries,
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
): Promise<Result<ConfigChange, string>> {
  const queries = changeQueries(selection);
  const timeouts = await readValues(client, queries.timeouts, range);
  if (!timeouts.ok) return timeouts;
  const loads: Values[] = [];
  for (const promql of queries.loads) {
    const values = await readValues(client, promql, range);
    if (!values.ok) return values;
    loads.push(values.value);
  }
  const { stepSeconds } = range;
  const change = lastConfigChange({ timeouts: timeouts.value, loads, stepSeconds });
  if (change !== undefined) return ok(change);
  const { target } = selection;
  return err(
    [timeouts.value, ...loads].every(({ size }) => size === 0)
      ? `Prometheus has no keep-alive timeout and no start time of target "${target}": check --target and --match, or give --before and --after`
      : `no configuration change of target "${target}" was recorded: give --before and --after`,
  );
}

/** Samples within which the scrape interval shows, up to five minutes. */
const intervalWindow = '15m';

/** The usual time between two scrapes of a target; undefined without two of them before that time. */
export async function findScrapeInterval(
  client: PrometheusClient,
  selection: TargetSelection,
  atSeconds: number,
): Promise<Result<number | undefined, string>> {
  const samples = `${scrapedSeries(selection)}[${intervalWindow}]`;
  const series = await client.querySamples(samples, atSeconds);
  if (!series.ok) return series;
  const gaps = series.value.flatMap(({ values }) => {
    const times = [...values.keys()].sort((a, b) => a - b);
    return times.slice(1).map((time, index) => time - (times[index] ?? time));
  });
  return ok(median(gaps));
}
