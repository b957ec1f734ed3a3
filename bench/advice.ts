import { setTimeout as sleep } from 'node:timers/promises';
import { highestOccupancy } from '../src/derive/keepalive-model.ts';
import { planVisits } from '../test/support/timed-visitors.ts';
import { startPrefork } from '../test/support/visited-server.ts';
import { adviseOnRun, runVisitors, startVisitors } from '../test/support/visitor-run.ts';
import { printTable } from './measure.ts';

const today = { slots: 150, timeoutSeconds: 5 };
/** The advised timeout and eight others. */
const tried = [0, 0.25, 0.5, 1, 1.5, 2, 3, 5, 7];

/**
 * The advice for a full prefork, compared with other timeouts for the same visitors: predictions from one log beside
 * measurements. The best timeout is the smallest that fits and keeps 95 % of the reuse, otherwise the largest that fits.
 */
export async function run({ seed = 1 }: { readonly seed?: number } = {}): Promise<void> {
  const visits = planVisits({
    seed,
    seconds: 6,
    visitsPerSecond: 42,
    meanRequests: 4,
    medianGapSeconds: 0.3,
    sigma: 1.1,
    longestGapSeconds: 6,
    closingShare: 0.2,
  });
  const visitors = { visits, path: '/' };
  const server = await startPrefork(today);
  const sender = await startVisitors();
  try {
    const before = await runVisitors(sender, server, visitors);
    const advice = await adviseOnRun(server, before, today);
    process.stdout.write(`${advice.headline}\n${before.fullSamples} samples without a free slot\n`);
    const rows: string[][] = [header];
    const results: Result[] = [];
    for (const seconds of tried) {
      const directive = seconds === 0 ? 'KeepAlive Off' : `KeepAliveTimeout ${seconds * 1000}ms`;
      await server.apply(['KeepAlive On', directive]);
      await sleep(1000);
      const measured = await runVisitors(sender, server, visitors);
      const fits = measured.mostHeld <= highestOccupancy * today.slots;
      results.push({ seconds, fits, reuse: measured.reuseRatio });
      const predicted = advice.model.predictions.find(
        (prediction: { timeoutSeconds: number }) => prediction.timeoutSeconds === seconds,
      );
      rows.push([
        String(seconds),
        predicted?.meanIdleSlots.expected.toFixed(1) ?? '-',
        measured.meanIdleSlots.toFixed(1),
        percent(predicted?.reuseRatio.expected),
        percent(measured.reuseRatio),
        predicted?.busiestSlots.high.toFixed(0) ?? '-',
        String(measured.mostHeld),
        fits ? 'yes' : 'no',
        seconds === advice.advisedKeepaliveTimeoutSeconds ? 'advised' : '',
      ]);
    }
    printTable(rows);
    process.stdout.write(`${verdictOn(results, advice.advisedKeepaliveTimeoutSeconds)}\n`);
  } finally {
    sender.stop();
    await server.stop();
  }
}

interface Result {
  readonly seconds: number;
  readonly fits: boolean;
  readonly reuse: number;
}

/** A timeout that fits is better than one that does not. Of those that fit, more reuse is better, up to 95 % of all. */
function verdictOn(results: readonly Result[], advised: number): string {
  const enough = 0.95 * Math.max(...results.map(({ reuse }) => reuse));
  const worth = ({ fits, reuse }: Result) => (fits ? Math.min(reuse, enough) : -1);
  const own = results.find(({ seconds }) => seconds === advised);
  if (own === undefined) return `${advised} s is advised, and was not tried`;
  const better = results.filter((one) => worth(one) > worth(own)).map(({ seconds }) => seconds);
  const result = better.length === 0 ? 'none of the others is better' : 'better are';
  return `advised: ${advised} s; ${result} ${better.map((one) => `${one} s`).join(', ')}`.trimEnd();
}

const header = [
  'timeout s',
  'idle slots',
  'measured',
  'reuse',
  'measured',
  'busiest',
  'measured',
  'fits',
  '',
];

function percent(ratio: number | undefined): string {
  return ratio === undefined ? '-' : `${(ratio * 100).toFixed(0)} %`;
}
