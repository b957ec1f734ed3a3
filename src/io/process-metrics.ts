import { collectDefaultMetrics, Registry } from 'prom-client';
import type { FamilyData, MetricType, Sample } from '../metrics/family.ts';
import { present } from '../present.ts';

/** Three default metrics are gauges whose names end in `_total`. promtool refuses them. */
const misnamedDefaults = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * Minimum, quantiles and so on of the event loop's lag need a timer that wakes the process a hundred times a second: half
 * of the CPU of an exporter with one target. `nodejs_eventloop_lag_seconds` is measured at each scrape.
 */
const timedDefaults = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (statistic) => `nodejs_eventloop_lag_${statistic}_seconds`,
);

/** prom-client starts the timer in any case. This is the longest interval of a timer. */
const neverMilliseconds = 2 ** 31 - 1;

/** Memory, CPU, file descriptors and event loop of this process, as prom-client measures them. */
export interface ProcessMetrics {
  collect(): Promise<readonly FamilyData[]>;
}

/** Reading them costs more than a scrape of one target. Scrapes within this time share a reading. */
const reuseMilliseconds = 1000;

export function createProcessMetrics(): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMilliseconds });
  for (const name of [...misnamedDefaults, ...timedDefaults]) registry.removeSingleMetric(name);
  let read: Promise<readonly FamilyData[]> | undefined;
  return {
    collect() {
      read ??= readAll();
      return read;
    },
  };

  async function readAll() {
    setTimeout(() => {
      read = undefined;
    }, reuseMilliseconds).unref();
    return (await registry.getMetricsAsJSON()).flatMap(asFamilyData);
  }
}

type MetricJson = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];
type ProcessValue = MetricJson['values'][number];

const types = ['counter', 'gauge', 'histogram'] as const satisfies readonly MetricType[];
const suffixes = ['_bucket', '_sum', '_count'] as const;

/** A family of a type that the exporter does not emit is left out. */
function asFamilyData({ name, help, type, values }: MetricJson): readonly FamilyData[] {
  const known = types.find((candidate) => candidate === String(type));
  if (known === undefined) return [];
  return [{ name, help, type: known, samples: values.map((value) => asSample(name, value)) }];
}

function asSample(name: string, value: ProcessValue): Sample {
  const metricName = 'metricName' in value ? value.metricName : name;
  const labels = Object.entries(value.labels).map(([key, text]) => [key, String(text)] as const);
  return {
    labels: Object.fromEntries(labels),
    value: value.value,
    ...present({ suffix: suffixes.find((suffix) => metricName === `${name}${suffix}`) }),
  };
}
