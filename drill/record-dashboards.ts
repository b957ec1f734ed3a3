import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKeepaliveClients } from '../test/support/held-clients.ts';
import type { RealPrometheus } from '../test/support/real-prometheus.ts';
import { planVisits, sendVisitors } from '../test/support/timed-visitors.ts';
import { runScene } from './run-scene.ts';
import { scenes } from './scenes.ts';
import { type Drill, startDrill } from './start-drill.ts';
import { startFifty } from './start-fifty.ts';

/** A moment to draw, as Unix time. */
export interface Moment {
  /** Suffix of the picture names: `rest` or `flood`. */
  readonly name: string;
  readonly at: number;
  readonly scrapeSeconds: number;
}

/** An advice needs ten minutes of traffic. */
const calmMilliseconds = 660_000;

/** Records three servers of three kinds: at rest, and while idle clients fill one of them. */
export async function recordScenes(storage: string): Promise<readonly Moment[]> {
  const drill = await startDrill(storage);
  const endVisits = startVisitors(drill);
  const moments: Moment[] = [];
  const mark = async (name: string) => {
    moments.push({ name, at: await lastScrape(drill.prometheus), scrapeSeconds: 1 });
  };
  try {
    await sleep(calmMilliseconds);
    await mark('rest');
    for (const scene of scenes.filter(({ name }) => name === 'keep-alive flood on prefork')) {
      const onAllArrived = async () => {
        await sleep(20_000);
        await mark('flood');
      };
      await runScene(drill, scene, { timeoutMilliseconds: 40_000, onAllArrived });
    }
  } finally {
    endVisits();
    await drill.stop();
  }
  return moments;
}

/** Records fifty servers, one of which has been full for half a minute. */
export async function recordFifty(storage: string): Promise<readonly Moment[]> {
  const fifty = await startFifty(storage);
  try {
    await sleep(120_000);
    const { port } = fifty.full;
    const flood = await openKeepaliveClients({ port, count: 40, answered: 5 });
    await sleep(35_000);
    const at = await lastScrape(fifty.prometheus);
    await flood.close();
    return [{ name: 'fifty', at, scrapeSeconds: 5 }];
  } finally {
    await fifty.stop();
  }
}

/** On a busy machine a scrape may be missing, and its second would be drawn as "no data". */
async function lastScrape(prometheus: RealPrometheus): Promise<number> {
  const [last] = await prometheus.query('max(max_over_time(timestamp(up == 1)[1m:1s]))');
  return Math.floor(last?.value ?? Date.now() / 1000);
}

/** Visitors from addresses of their own, who pause between two requests. @returns a function that ends their visits */
function startVisitors({ prefork, event, nginx }: Drill): () => void {
  const ending = new AbortController();
  // Each visitor who has not come yet listens.
  setMaxListeners(0, ending.signal);
  for (const [seed, { port }] of [prefork, event, nginx].entries()) {
    const visits = planVisits({
      seed,
      seconds: (2 * calmMilliseconds) / 1000,
      visitsPerSecond: 0.5,
      meanRequests: 3,
      medianGapSeconds: 0.8,
      sigma: 0.8,
      longestGapSeconds: 10,
      closingShare: 1,
    });
    void sendVisitors(visits, { port, signal: ending.signal }).catch(() => undefined);
  }
  return () => ending.abort();
}
