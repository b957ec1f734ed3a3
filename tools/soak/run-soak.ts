import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../bench/seeded-random.ts';
import type { Exposition } from '../../test/support/exposition.ts';
import { truthBetween } from '../../test/support/fresh-visitors.ts';
import { startHostileServer } from '../../test/support/hostile-server.ts';
import { buildStoppable, type Defer } from '../../test/support/stoppable.ts';
import { createTempDirectory } from '../../test/support/temp-directory.ts';
import { waitUntil } from '../../test/support/wait-until.ts';
import { judgeMemory, type MemoryReport } from './judge-memory.ts';
import { readMemory } from './memory-probe.ts';
import { createSeriesLedger, growthSince, noteSeries, type SeriesLedger } from './series-ledger.ts';
import {
  clockedExporter,
  countedLines,
  giveToExporter,
  measuredExporter,
  renderSoakConfig,
  type SoakExporter,
} from './soak-exporter.ts';
import { makeSmallDisk, type SoakWorld, soakFaults } from './soak-faults.ts';
import { type SoakSite, startApacheSite, startNginxSite } from './soak-site.ts';

export interface SoakOptions {
  /** At least: each fault happens once, which takes longer on a busy machine. */
  readonly seconds: number;
  /** Longest pause between two faults; a second by default. */
  readonly pauseMilliseconds?: number;
  readonly seed: number;
  /** Which functions of the measured exporter V8 compiles. */
  readonly compiled: 'none' | 'all';
  readonly say: (line: string) => void;
}

export interface SoakReport {
  readonly faults: number;
  /** By exporter and target, what was counted and what the logs hold. */
  readonly lines: readonly {
    readonly who: string;
    readonly counted: number;
    readonly written: number;
  }[];
  readonly memory: Omit<MemoryReport, 'problems'>;
  readonly descriptors: readonly [first: number, last: number];
  readonly series: readonly [first: number, last: number];
  readonly exhaustedSamples: number;
  /** What must not be; empty when all is well. */
  readonly problems: readonly string[];
}

interface Sample {
  readonly seconds: number;
  readonly descriptors: number;
  readonly series: number;
}

/** Real servers, visitors and two exporters for a while, with faults at random; the same seed, the same faults. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const built = await buildStoppable(async (defer) => ({
    world: await buildWorld(defer, options),
  }));
  try {
    return await soak(built.world, options);
  } finally {
    await built.stop();
  }
}

async function buildWorld(defer: Defer, { seed, compiled }: SoakOptions): Promise<SoakWorld> {
  const temporary = await createTempDirectory('soak');
  const directory = temporary.path;
  const disk = join(directory, 'disk', 'checkpoints');
  defer(temporary.remove);
  defer(await makeSmallDisk(disk));
  const sites = [await startNginxSite(), await startApacheSite()] as const;
  for (const site of sites) defer(site.stop);
  let hangs = false;
  const hanging = await startHostileServer((socket) => {
    if (!hangs) socket.end(statusPage);
  });
  defer(hanging.stop);
  const hangingUrl = `${hanging.url}/stub_status`;
  const steadyConfig = { sites, checkpoints: disk, hangingUrl };
  const memoryFile = join(directory, 'memory');
  await writeFile(memoryFile, '');
  const steady = measuredExporter(steadyConfig, { file: memoryFile, compiled });
  const shakenConfig = { ...steadyConfig, checkpoints: join(directory, 'shaken') };
  for (const path of [disk, memoryFile]) await giveToExporter(path);
  const { exporter: shaken, setClock } = clockedExporter(shakenConfig, directory);
  for (const exporter of [steady, shaken]) {
    defer(() => exporter.end('stop'));
    await exporter.start();
  }
  const setHanging = (next: boolean) => {
    hangs = next;
  };
  return {
    ...{ random: createRandom(seed), sites: [...sites], steady, steadyConfig, shaken },
    ...{ memoryFile, setClock, setHanging },
  };
}

const body =
  'Active connections: 1 \nserver accepts handled requests\n 3 3 3 \nReading: 0 Writing: 1 Waiting: 0 \n';
const statusPage = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

async function soak(world: SoakWorld, options: SoakOptions): Promise<SoakReport> {
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const problems = new Set<string>();
  const samples: Sample[] = [];
  const ledger = createSeriesLedger();
  let exhaustedSamples = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const from = performance.now();
      const metrics = await world.steady.metrics().catch(() => undefined);
      if (metrics === undefined) problems.add('the steady exporter did not answer a scrape');
      else {
        samples.push(sampleOf(metrics, { seconds: elapsed(), ledger }));
        exhaustedSamples += judgeVerdicts(world, metrics, from, problems);
      }
      await sleep(1000);
    }
  })();
  const faults = await makeFaults(world, options, elapsed);
  await sleep(1000);
  isOver = true;
  await watching;
  const lines = await settle(world, problems);
  judgeProcesses(world, problems);
  const report = summarize(samples, problems);
  judgeSeries(ledger, samples, problems);
  const memory = judgeMemory(await readMemory(world.memoryFile));
  for (const problem of memory.problems) problems.add(problem);
  return { ...report, memory, faults, lines, exhaustedSamples, problems: [...problems] };
}

async function makeFaults(
  world: SoakWorld,
  { seconds, pauseMilliseconds = 1000, say }: SoakOptions,
  elapsed: () => number,
): Promise<number> {
  const names = Object.keys(soakFaults);
  const [first = '', ...others] = names;
  let faults = 0;
  for (; elapsed() < seconds || faults < names.length; faults++) {
    // Each once before chance decides.
    const name = names[faults] ?? world.random.pick([first, ...others]);
    say(`${elapsed().toFixed(0).padStart(5)} s  ${name}`);
    await soakFaults[name]?.(world);
    await sleep(world.random.between(100, pauseMilliseconds));
  }
  return faults;
}

function sampleOf(
  metrics: Exposition,
  { seconds, ledger }: { readonly seconds: number; readonly ledger: SeriesLedger },
): Sample {
  return {
    seconds,
    descriptors: metrics.value('process_open_fds') ?? 0,
    series: noteSeries(ledger, metrics, seconds),
  };
}

/** Some codes and results are met for the first time late. */
const lateSeries = 0.02;

/** Of the last quarter, when faults have all been met; a short run has no such quarter. */
function judgeSeries(
  ledger: SeriesLedger,
  samples: readonly Sample[],
  problems: Set<string>,
): void {
  const moment = samples[Math.floor(samples.length * 0.75)]?.seconds ?? 0;
  if (moment < leastSecondsBefore) return;
  const { before, grown } = growthSince(ledger, moment);
  const late = grown.reduce((total, { series }) => total + series, 0);
  if (late <= lateSeries * before) return;
  const named = grown.map(({ group, series }) => `${group} (${series})`);
  problems.add(`the series grow: ${late} new ones beside ${before}: ${named.join(', ')}`);
}

/** Until then each fault has happened once. */
const leastSecondsBefore = 60;

/** A server called exhausted while every visitor of the seconds around was answered. */
function judgeVerdicts(
  { sites }: SoakWorld,
  metrics: Exposition,
  from: number,
  problems: Set<string>,
): number {
  const exhausted = sites.filter(
    ({ name }) => metrics.value('webserver_exhausted', { target: name }) === 1,
  );
  for (const site of exhausted) {
    const truth = truthBetween(site.visitors().visits(), from - 5000, performance.now());
    if (truth === 'served')
      problems.add(`${site.name} was called exhausted while all were answered`);
  }
  return exhausted.length;
}

/** Ends all visits and polls, and waits until both exporters have counted what the logs hold. */
async function settle(world: SoakWorld, problems: Set<string>) {
  const { sites, steady, shaken, steadyConfig } = world;
  world.setClock(0);
  for (const site of sites) await site.quiet();
  await steady.configure(renderSoakConfig(steadyConfig, 'off'));
  const shakenText = renderSoakConfig(steadyConfig, 'off').replace(
    JSON.stringify(steadyConfig.checkpoints),
    JSON.stringify(join(steadyConfig.checkpoints, '../../shaken')),
  );
  await shaken.configure(shakenText);
  await sleep(2000);
  const lines = [];
  for (const [who, exporter] of [
    ['steady', steady],
    ['shaken', shaken],
  ] as const) {
    for (const site of sites) {
      const { counted, written } = await untilCounted(exporter, site);
      if (counted !== written) problems.add(`${who}: ${site.name}: ${counted} of ${written} lines`);
      lines.push({ who: `${who} ${site.name}`, counted, written });
    }
  }
  return lines;
}

/** Both anew each time: Apache logs connections to itself when it ends idle children, also after the last visit. */
async function untilCounted(exporter: SoakExporter, site: SoakSite) {
  let counted = -1;
  let written = 0;
  await waitUntil({
    until: 'all lines are counted',
    everyMs: 250,
    async holds() {
      written = await site.countLines();
      counted = countedLines(await exporter.metrics(), site.name);
      return counted === written;
    },
  }).catch(() => undefined);
  return { counted, written };
}

function judgeProcesses({ steady, shaken }: SoakWorld, problems: Set<string>): void {
  for (const [who, exporter] of [
    ['steady', steady],
    ['shaken', shaken],
  ] as const) {
    if (!exporter.isThere()) problems.add(`the ${who} exporter has ended by itself`);
    if (/a defect|unhandled|uncaught/i.test(exporter.output())) {
      problems.add(`the ${who} exporter met a defect`);
    }
  }
}

/** Of the second half of the run. */
function summarize(samples: readonly Sample[], problems: Set<string>) {
  const [firstHalf, secondHalf] = halves(samples.slice(Math.floor(samples.length / 2)));
  const most = (some: readonly Sample[], read: (sample: Sample) => number) =>
    Math.max(...some.map(read));
  const descriptors = [
    most(firstHalf, (at) => at.descriptors),
    most(secondHalf, (at) => at.descriptors),
  ] as const;
  const series = [most(firstHalf, (at) => at.series), most(secondHalf, (at) => at.series)] as const;
  // A renamed log is held for 15 minutes after its last growth, eight of them for each log at most.
  if (descriptors[1] > descriptors[0] + 20) problems.add('the descriptors grow');
  return { descriptors, series };
}

function halves(samples: readonly Sample[]) {
  const middle = Math.floor(samples.length / 2);
  return [samples.slice(0, middle), samples.slice(middle)] as const;
}
