import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type RunningExporter, startExporter } from './exporter.ts';
import { type Exposition, parseExposition } from './exposition.ts';
import {
  type FreshVisitors,
  startFreshVisitors,
  truthBetween,
  type Visit,
} from './fresh-visitors.ts';
import { keep } from './keep.ts';
import { waitUntil } from './wait-until.ts';

/** One answer of /metrics, and when it was asked for, in milliseconds of performance.now(). */
export interface Scrape {
  readonly from: number;
  readonly to: number;
  readonly exposition: Exposition;
}

export interface WatchedTarget {
  readonly exporter: RunningExporter;
  read(timeoutSeconds?: string): Promise<Exposition>;
  /** Waits for the verdict on /metrics, and returns the exposition that said it. */
  until(exhausted: 0 | 1): Promise<Exposition>;
  /** Scrapes at a fixed pace, whether or not the one before has been answered: 20, one each 100 ms. */
  scrapeOften(count?: number): Promise<readonly Scrape[]>;
}

/** An exporter of a single target, which is stopped when the test ends. */
export async function watchTarget(target: string, more = ''): Promise<WatchedTarget> {
  const exporter = keep(await startExporter({ config: `targets: [${target}]\n${more}` }));
  const read = async (timeoutSeconds = '1.5') =>
    parseExposition(
      await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': timeoutSeconds }),
    );
  const scrape = async (): Promise<Scrape> => {
    const from = performance.now();
    const exposition = await read();
    return { from, to: performance.now(), exposition };
  };
  const scrapeOften = async (count = 20) => {
    const scrapes: Promise<Scrape>[] = [];
    for (let i = 0; i < count; i++) {
      if (i > 0) await sleep(100);
      scrapes.push(scrape());
    }
    return Promise.all(scrapes);
  };
  const until = async (exhausted: 0 | 1) => {
    let last = await read();
    await waitUntil({
      until: `the verdict is ${exhausted}`,
      withinMs: 10_000,
      async holds() {
        last = await read();
        return last.value('webserver_exhausted') === exhausted;
      },
    });
    return last;
  };
  return { exporter, read, until, scrapeOften };
}

/** How many scrapes said what beside which truth: `{"starving: 1": 20}`, and `absent` without a verdict. */
export type Tally = Readonly<Record<string, number>>;

/** Between two visits of a served server nobody is under way: those before and after a quick scrape speak for it. */
const besideMs = 250;

/** The verdict of each scrape beside what the visitors met meanwhile. */
export function compareWithVisitors(scrapes: readonly Scrape[], visits: readonly Visit[]): Tally {
  const tally: Record<string, number> = {};
  for (const { from, to, exposition } of scrapes) {
    const truth = truthBetween(visits, from - besideMs, to + besideMs);
    const seen = `${truth}: ${exposition.value('webserver_exhausted') ?? 'absent'}`;
    tally[seen] = (tally[seen] ?? 0) + 1;
  }
  return tally;
}

export function resultOf(exposition: Exposition): string | undefined {
  return exposition.samples('webserver_scrape_result').find(({ value }) => value === 1)?.labels[
    'result'
  ];
}

export function evidenceOf(exposition: Exposition): readonly string[] {
  return exposition
    .samples('webserver_exhaustion_evidence')
    .filter(({ value }) => value === 1)
    .map(({ labels }) => labels['evidence'] ?? '')
    .sort();
}

/** 20 scrapes beside visitors, who then stop. */
export async function compareForAWhile(
  watched: WatchedTarget,
  visitors: FreshVisitors,
): Promise<Tally> {
  const scrapes = await watched.scrapeOften();
  await visitors.stop();
  return compareWithVisitors(scrapes, visitors.visits());
}

/** What 20 scrapes of a flood must say, each of them. */
export const starvingAndSaidSo: Tally = { 'starving: 1': 20 };

/**
 * 20 scrapes of a server that has room, however little: no false 1. A visit that the busy machine delays past its
 * second speaks against nothing, and so the scrapes beside it do not count.
 */
export async function expectServedAndSaidSo(watched: WatchedTarget, port: number): Promise<void> {
  const visitors = keep(startFreshVisitors({ port }));
  await waitUntil({ until: 'visitors are served', holds: () => visitors.lately(true) });
  const { 'served: 0': right = 0, ...rest } = await compareForAWhile(watched, visitors);
  expect(Object.keys(rest).filter((seen) => seen.startsWith('served'))).toEqual([]);
  expect(right).toBeGreaterThan(10);
}
