import { type Metric, Registry } from 'prom-client';
import type { FamilyData, Sample } from './family.ts';

/** Turns rows and samples into exposition text. Only this file and io/process-metrics.ts use prom-client. */

/** Content type of the text format 0.0.4, which every Prometheus accepts. */
export const expositionContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Samples rendered without a pause. 2,000 take about 5 ms. */
const samplesPerBatch = 2000;

/** Yields to the event loop, so that probes, datagrams and other scrapes are served. */
export type Pause = () => Promise<void>;

/**
 * Renders families in the Prometheus text format, with a pause between batches. Each scrape starts with an empty
 * registry, so a series that has no value now is absent.
 */
export async function renderFamilies(
  families: Iterable<FamilyData>,
  pause: Pause,
): Promise<string> {
  const parts: string[] = [];
  for (const batch of batches(families)) {
    if (parts.length > 0) await pause();
    const text = await renderBatch(batch.families);
    parts.push(batch.continues ? withoutHeader(text) : text);
  }
  return parts.join('');
}

interface Batch {
  readonly families: FamilyData[];
  /** Whether the first family began in the previous batch. */
  readonly continues: boolean;
}

/** Splits the families into batches of samplesPerBatch samples. A large family can span several batches. */
function* batches(families: Iterable<FamilyData>): Generator<Batch> {
  let batch: Batch = { families: [], continues: false };
  let room = samplesPerBatch;
  for (const family of families) {
    for (let from = 0; from < family.samples.length; ) {
      const samples = family.samples.slice(from, from + room);
      batch.families.push({ ...family, samples });
      from += samples.length;
      room -= samples.length;
      if (room > 0) continue;
      yield batch;
      batch = { families: [], continues: from < family.samples.length };
      room = samplesPerBatch;
    }
  }
  if (batch.families.length > 0) yield batch;
}

async function renderBatch(families: readonly FamilyData[]): Promise<string> {
  const registry = new Registry();
  for (const family of families) registry.registerMetric(asMetric(family));
  // prom-client separates families with a blank line, which strict OpenMetrics parsers reject.
  return `${(await registry.metrics()).trimEnd().replaceAll('\n\n#', '\n#')}\n`;
}

/** Drops the HELP and TYPE lines that a later batch of the same family repeats. */
function withoutHeader(text: string): string {
  return text.replace(/^# HELP [^\n]*\n# TYPE [^\n]*\n/, '');
}

/**
 * prom-client 15 accepts any object with `name` and `get()`, so state can stay plain data, histograms too.
 * test/metrics/registry.test.ts checks this.
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
