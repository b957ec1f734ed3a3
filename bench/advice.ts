import { setTimeout as sleep } from 'node:timers/promises';
import { planVisits } from '../test/support/timed-visitors.ts';
import { startPrefork } from '../test/support/visited-server.ts';
import { adviseOnRun, runVisitors } from '../test/support/visitor-run.ts';
import { printTable } from './measure.ts';

const today = { slots: 84, timeoutSeconds: 2.5 };
/** The advised one and eight others. */
const tried = [0, 0.25, 0.5, 1, 1.5, 2, 3, 5, 7];

/**
 * The advice for a full prefork, and every other timeout tried on the same visitors: predicted from one log beside what
 * is then measured. By the rule the best is the smallest that keeps 95 % of the reuse and fits, else the largest that fits.
 */
export async function run(): Promise<void> {
  const visits = planVisits({
    seed: 11,
    seconds: 6,
    visitsPerSecond: 36,
    meanRequests: 4,
    medianGapSeconds: 0.3,
    sigma: 1.1,
    longestGapSeconds: 6,
    closingShare: 0.2,
  });
  const visitors = { visits, path: '/' };
  const server = await startPrefork(today);
  try {
    const before = await runVisitors(server, visitors);
    const advice = await adviseOnRun(server, before, today);
    process.stdout.write(`${advice.headline}\n`);
    const rows: string[][] = [header];
    for (const seconds of tried) {
      const directive = seconds === 0 ? 'KeepAlive Off' : `KeepAliveTimeout ${seconds * 1000}ms`;
      await server.apply(['KeepAlive On', directive]);
      await sleep(1000);
      const measured = await runVisitors(server, visitors);
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
        measured.mostHeld <= 0.8 * today.slots ? 'yes' : 'no',
        seconds === advice.advisedKeepaliveTimeoutSeconds ? 'advised' : '',
      ]);
    }
    printTable(rows);
  } finally {
    await server.stop();
  }
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
