import { setTimeout as sleep } from 'node:timers/promises';
import { startExporter } from '../test/support/exporter.ts';
import { parseExposition } from '../test/support/exposition.ts';
import { startFreshVisitors, type Truth, truthBetween } from '../test/support/fresh-visitors.ts';
import { printTable } from './measure.ts';
import { type LoadedServer, runPhase, startLoadedServer } from './verdict-load.ts';
import {
  addMatrices,
  type Disagreement,
  disagreementsIn,
  judgeSeconds,
  type Matrix,
  precisionOf,
  recallOf,
  type Second,
} from './verdict-matrix.ts';
import { type Episode, planLoad, type VerdictServer, verdictServers } from './verdict-plan.ts';

export interface VerdictBenchOptions {
  readonly minutes?: number;
  readonly seed?: number;
  readonly server?: VerdictServer;
}

const shownDisagreements = 5;

/** How often the verdict is correct: sampled at 1 Hz beside fresh visitors, under varied load from a seed. */
export async function run(options: VerdictBenchOptions = {}): Promise<void> {
  const { minutes = 1, seed = 1, server: only } = options;
  const rows: (readonly string[])[] = [
    ['', 'TP', 'FP', 'TN', 'FN', 'absent', 'left out', 'precision', 'recall'],
  ];
  const wrong: string[] = [];
  for (const server of verdictServers) {
    if (only !== undefined && server !== only) continue;
    const runs = await runServer(server, planLoad({ server, seed, seconds: minutes * 60 }));
    const { matrix, worst } = resultOf(runs);
    rows.push(rowOf(server, matrix));
    wrong.push(...worst.map((line) => `${server}: ${line}`));
  }
  process.stdout.write(`seed ${seed}, ${minutes} minutes for each server, in seconds\n`);
  printTable(rows);
  process.stdout.write(
    `${['longest disagreements', ...(wrong.length > 0 ? wrong : ['none'])].join('\n  ')}\n`,
  );
}

/** The result of each second of each episode. */
export async function runServer(
  server: VerdictServer,
  episodes: readonly Episode[],
): Promise<readonly (readonly Second[])[]> {
  const runs: (readonly Second[])[] = [];
  for (const episode of episodes) runs.push(await runEpisode(server, episode));
  return runs;
}

function resultOf(runs: readonly (readonly Second[])[]) {
  const worst = runs
    .flatMap((seconds, episode) => disagreementsIn(seconds).map((found) => ({ ...found, episode })))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, shownDisagreements)
    .map((found) => describeDisagreement(found, found.episode));
  return { matrix: addMatrices(runs.map(judgeSeconds)), worst };
}

async function runEpisode(server: VerdictServer, episode: Episode): Promise<readonly Second[]> {
  const loaded = await startLoadedServer(server, episode);
  try {
    return await watchEpisode(loaded, episode);
  } finally {
    await loaded.stop();
  }
}

interface Scraped {
  readonly from: number;
  readonly to: number;
  readonly verdict: number | undefined;
  readonly evidence: readonly string[];
}

async function watchEpisode(loaded: LoadedServer, episode: Episode): Promise<readonly Second[]> {
  const exporter = await startExporter({ config: `targets: [${loaded.target}]` });
  const visitors = startFreshVisitors({ port: loaded.port });
  const startedAt = performance.now();
  const turnedAwayAt: number[] = [];
  const load = Promise.all(
    episode.phases.map(async (phase) => {
      await sleep(phase.atSecond * 1000);
      await runPhase(loaded, phase, () => turnedAwayAt.push(performance.now()));
    }),
  );
  const scrape = async (): Promise<Scraped> => {
    const from = performance.now();
    const text = await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': '1.5' });
    const exposition = parseExposition(text);
    const verdict = exposition.value('webserver_exhausted');
    return { from, to: performance.now(), verdict, evidence: evidenceIn(text) };
  };
  const scrapes: Promise<Scraped>[] = [];
  for (let second = 0; second < episode.seconds; second++) {
    await sleep(Math.max(0, startedAt + second * 1000 - performance.now()));
    scrapes.push(scrape());
  }
  const scraped = await Promise.all(scrapes);
  await load;
  await visitors.stop();
  await exporter.stop();
  return scraped.map(({ from, to, verdict, evidence }, second) => ({
    // On a slow machine a scrape takes longer than its second, and says what is true when it ends.
    truth: truthOf(
      truthBetween(visitors.visits(), from, Math.max(from + 1000, to)),
      turnedAwayAt,
      from,
    ),
    verdict,
    goingOn: [describeLoad(episode, second), ...evidence].join(', '),
  }));
}

/** A second in which some fresh visitors were served and others were not has no clear result. */
function truthOf(truth: Truth, turnedAwayAt: readonly number[], from: number): Truth {
  const turnedAway = turnedAwayAt.some((at) => at >= from - 250 && at <= from + 1000);
  return truth === 'served' && turnedAway ? 'mixed' : truth;
}

function evidenceIn(exposition: string): readonly string[] {
  const sample = /^webserver_exhaustion_evidence\{.*evidence="(\w+)".*\} 1$/gm;
  return [...exposition.matchAll(sample)].map(([, name = '']) => name);
}

function describeLoad({ slots, backlog, phases }: Episode, second: number): string {
  const phase = phases.find(
    ({ atSecond, seconds }) => second >= atSecond && second < atSecond + seconds,
  );
  const load = phase === undefined ? 'pause' : `${phase.kind} of ${phase.clients}`;
  return `${load} (${slots} slots, backlog ${backlog})`;
}

function describeDisagreement(
  { atSecond, seconds, kind, goingOn }: Disagreement,
  episode: number,
): string {
  return `${kind} for ${seconds} s from second ${atSecond} of server ${episode + 1}: ${goingOn.join(', ')}`;
}

function rowOf(server: VerdictServer, matrix: Matrix): readonly string[] {
  const { truePositive, falsePositive, trueNegative, falseNegative, absent, leftOut } = matrix;
  const counts = [truePositive, falsePositive, trueNegative, falseNegative, absent, leftOut];
  const shares = [precisionOf(matrix), recallOf(matrix)];
  return [
    server,
    ...counts.map(String),
    ...shares.map((share) => (share === undefined ? '' : share.toFixed(3))),
  ];
}
