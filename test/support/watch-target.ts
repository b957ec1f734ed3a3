import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type RunningExporter, startExporter } from './exporter.ts';
import { type Exposition, parseExposition } from './exposition.ts';
import {
  type FreshVisitors,
  startFreshVisitors,
  type Truth,
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
      async holds() {
        last = await read();
        return last.value('webserver_exhausted') === exhausted;
      },
    });
    return last;
  };
  return { exporter, read, until, scrapeOften };
}

/** Between two visits of a served server nobody is under way: those before and after a quick scrape speak for it. */
const besideMs = 250;

const truthBeside = ({ from, to }: Scrape, visits: readonly Visit[]) =>
  truthBetween(visits, from - besideMs, to + besideMs);

/** So many scrapes must stand beside a clear truth. */
const enoughScrapes = 20;

/**
 * Scrapes until enough of them stand beside visitors who all met this. A slow machine delays visits, and a scrape
 * beside both kinds says nothing: it does not count, and another takes its place.
 */
export async function scrapeBeside(
  truth: Truth,
  { watched, visitors }: { readonly watched: WatchedTarget; readonly visitors: FreshVisitors },
): Promise<readonly Scrape[]> {
  const scrapes: Scrape[] = [];
  let beside: readonly Scrape[] = [];
  await waitUntil({
    until: `${enoughScrapes} scrapes stand beside visitors who are ${truth}`,
    async holds() {
      scrapes.push(...(await watched.scrapeOften(enoughScrapes)));
      // Only then have all visits begun and ended that speak for the last scrape.
      await sleep(besideMs);
      await visitors.settle();
      beside = scrapes.filter((scrape) => truthBeside(scrape, visitors.visits()) === truth);
      return beside.length >= enoughScrapes;
    },
  });
  return beside;
}

/** What scrapes said, each verdict once, and `absent` where one had none. */
export function verdictsOf(scrapes: readonly Scrape[]): readonly (number | 'absent')[] {
  return [
    ...new Set(
      scrapes.map(({ exposition }) => exposition.value('webserver_exhausted') ?? 'absent'),
    ),
  ];
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

/** Each of 20 scrapes beside visitors who starve says so; the visitors then stop. */
export async function expectStarvingAndSaidSo(
  watched: WatchedTarget,
  visitors: FreshVisitors,
): Promise<void> {
  const scrapes = await scrapeBeside('starving', { watched, visitors });
  await visitors.stop();
  expect(verdictsOf(scrapes)).toEqual([1]);
}

/** 20 scrapes of a server that has room, however little: no false 1. */
export async function expectServedAndSaidSo(watched: WatchedTarget, port: number): Promise<void> {
  const visitors = keep(startFreshVisitors({ port, oneByOne: 'on' }));
  await waitUntil({ until: 'visitors are served', holds: () => visitors.lately(true) });
  const scrapes = await scrapeBeside('served', { watched, visitors });
  await visitors.stop();
  expect(verdictsOf(scrapes)).toEqual([0]);
}
