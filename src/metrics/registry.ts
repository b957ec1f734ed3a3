import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { FamilyData, MetricType, Sample } from './family.ts';

/** The only file that knows prom-client: rows and samples in, exposition text out. */

/** Content type of the text format 0.0.4, as every Prometheus accepts it. */
export const expositionContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Samples rendered without a pause; 2,000 take about 5 ms. */
const samplesPerSlice = 2000;

/** Lets the event loop serve others: probes, datagrams, other scrapes. */
export type Pause = () => Promise<void>;

/**
 * Renders families in the Prometheus text format, pausing between slices. Everything is built anew for each answer,
 * so that a series without a value now is absent.
 */
export async function renderFamilies(
  families: readonly FamilyData[],
  pause: Pause,
): Promise<string> {
  const parts: string[] = [];
  let sinceLastPause = 0;
  for (const family of families) {
    for (let from = 0; from < family.samples.length; from += samplesPerSlice) {
      const slice = family.samples.slice(from, from + samplesPerSlice);
      const text = await renderSlice({ ...family, samples: slice });
      parts.push(from === 0 ? text : withoutHeader(text));
      sinceLastPause += slice.length;
      if (sinceLastPause >= samplesPerSlice) {
        await pause();
        sinceLastPause = 0;
      }
    }
  }
  return parts.join('');
}

async function renderSlice(family: FamilyData): Promise<string> {
  const registry = new Registry();
  registry.registerMetric(asMetric(family));
  // prom-client separates families with a blank line, which strict OpenMetrics readers refuse.
  return `${(await registry.metrics()).trimEnd()}\n`;
}

/** Drops the HELP and TYPE lines that a later slice of the same family repeats. */
function withoutHeader(text: string): string {
  return text.replace(/^# HELP [^\n]*\n# TYPE [^\n]*\n/, '');
}

/**
 * prom-client 15 takes any object with `name` and `get()`: state can stay plain data, histograms too. Pinned by
 * test/metrics/registry.test.ts.
 */
function asMetric({ name, help, type, samples }: FamilyData): Metric {
  const value = (sample: Sample) => ({
    value: sample.value,
    labels: sample.le === undefined ? sample.labels : { ...sample.labels, le: sample.le },
    ...(sample.suffix === undefined ? {} : { metricName: `${name}${sample.suffix}` }),
  });
  const get = () =>
    Promise.resolve({ name, help, type, values: samples.map(value), aggregator: 'sum' });
  return { name, get, reset: () => undefined } as unknown as Metric;
}

/** Three default metrics are gauges named `_total`, which promtool refuses. */
const misnamedDefaults = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Memory, CPU, file descriptors and event loop of this process, as prom-client measures them. */
export interface ProcessMetrics {
  collect(): Promise<readonly FamilyData[]>;
}

export function createProcessMetrics(): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamedDefaults) registry.removeSingleMetric(name);
  return { collect: async () => (await registry.getMetricsAsJSON()).map(asFamilyData) };
}

type MetricJson = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];

/** Some event loop figures are NaN until there is something to measure: absent says so better. */
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
