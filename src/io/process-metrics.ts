import { collectDefaultMetrics, Registry } from 'prom-client';
import type { FamilyData, MetricType } from '../metrics/family.ts';

/** Three default metrics are gauges whose names end in `_total`. promtool refuses them. */
const misnamedDefaults = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Memory, CPU, file descriptors and event loop of this process, as prom-client measures them. */
export interface ProcessMetrics {
  collect(): Promise<readonly FamilyData[]>;
}

/** Reading them costs more than a scrape of one target. Scrapes within this time share a reading. */
const reuseMilliseconds = 1000;

export function createProcessMetrics(): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamedDefaults) registry.removeSingleMetric(name);
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
    return (await registry.getMetricsAsJSON()).map(asFamilyData);
  }
}

type MetricJson = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];

/** Some event loop figures are NaN until there is something to measure. They are left out. */
function asFamilyData({ name, help, type, values }: MetricJson): FamilyData {
  const samples = (values as readonly ProcessValue[])
    .filter(({ value }) => !Number.isNaN(value))
    .map(({ labels, value, metricName }) => ({
      labels: Object.fromEntries(Object.entries(labels).map(([key, text]) => [key, String(text)])),
      value,
      ...(metricName === undefined ? {} : { suffix: metricName.slice(name.length) as '_sum' }),
    }));
  return { name, help, type: String(type) as MetricType, samples };
}

interface ProcessValue {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}
