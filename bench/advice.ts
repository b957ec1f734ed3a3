import { setTimeout as sleep } from 'node:timers/promises';
import type { Advice } from '../src/snapshot/advice.ts';
import {
  betterThan,
  fitsMeasured,
  fullNowAndThen,
  planFullNowAndThen,
  triedTimeouts,
} from '../test/support/judge-timeouts.ts';
import { startPrefork, type VisitedServer } from '../test/support/visited-server.ts';
import {
  adviseOnRun,
  runVisitors,
  startVisitors,
  type VisitorRun,
  type VisitorSender,
} from '../test/support/visitor-run.ts';
import { printTable } from './measure.ts';

const { slots } = fullNowAndThen;
/** The watch looks ten times a second, and two runs of the same visitors differ by up to this many slots. */
const error = 4;

type Runs = ReadonlyMap<number, VisitorRun>;

/**
 * The same visitors come to a real prefork under nine timeouts. From the log of the first, under which it is full, the
 * advice is followed step by step: each step reads the log of the timeout that the one before advised. The last one is
 * compared with the eight others.
 */
export async function run({ seed = 1 }: { readonly seed?: number } = {}): Promise<void> {
  const visitors = { visits: planFullNowAndThen(seed), path: '/' };
  const server = await startPrefork(fullNowAndThen);
  let sender: VisitorSender | undefined;
  try {
    sender = await startVisitors();
    const runs = new Map<number, VisitorRun>();
    for (const seconds of triedTimeouts) {
      const directive = seconds === 0 ? 'KeepAlive Off' : `KeepAliveTimeout ${seconds * 1000}ms`;
      // Otherwise prefork begins small and grows slowly.
      const workers = [`StartServers ${slots}`, `MaxSpareServers ${slots + 1}`];
      await server.apply(['KeepAlive On', directive, ...workers]);
      await sleep(1000);
      runs.set(seconds, await runVisitors(sender, server, visitors));
    }
    const advices = await followAdvice(server, runs);
    report(runs, advices);
  } finally {
    sender?.stop();
    await server.stop();
  }
}

async function followAdvice(server: VisitedServer, runs: Runs): Promise<readonly Advice[]> {
  const advices: Advice[] = [];
  let timeoutSeconds: number = fullNowAndThen.timeoutSeconds;
  while (advices.length < 6 && advices.at(-1)?.kind !== 'keep') {
    const run = runs.get(timeoutSeconds);
    if (run === undefined) throw new Error(`${timeoutSeconds} s is advised, and was not tried`);
    const advice: Advice = await adviseOnRun(server, run, { slots, timeoutSeconds });
    process.stdout.write(
      `log of ${timeoutSeconds} s (${run.fullSamples} samples without a free slot): ${advice.headline}\n`,
    );
    advices.push(advice);
    timeoutSeconds = advice.advisedKeepaliveTimeoutSeconds ?? timeoutSeconds;
  }
  return advices;
}

function report(runs: Runs, advices: readonly Advice[]): void {
  const settled = advices.at(-1)?.advisedKeepaliveTimeoutSeconds ?? Number.NaN;
  const tried = [...runs].map(([timeoutSeconds, run]) => ({ timeoutSeconds, ...run }));
  printTable([header, ...tried.map((run) => rowOf(run, advices, settled))]);
  const better = betterThan(settled, tried, { slots, error });
  const verdict =
    better.length === 0 ? 'none of the others is better' : `better are ${better.join(' s, ')} s`;
  process.stdout.write(`advised at last: ${settled} s; ${verdict}\n`);
}

const header = [
  'timeout s',
  'idle slots',
  'measured',
  'reuse',
  'measured',
  'busiest, from the first log',
  'from the last',
  'measured',
  'fits',
  '',
];

function rowOf(
  run: VisitorRun & { readonly timeoutSeconds: number },
  advices: readonly Advice[],
  settled: number,
): string[] {
  const { timeoutSeconds, meanIdleSlots, reuseRatio, maxHeld } = run;
  const predicted = (advice: Advice | undefined) =>
    advice?.model.predictions.find((one) => one.timeoutSeconds === timeoutSeconds);
  const busiest = (advice: Advice | undefined) => {
    const range = predicted(advice)?.busiestSlots;
    return range === undefined ? '-' : `${range.low.toFixed(0)} to ${range.high.toFixed(0)}`;
  };
  const [first, last] = [advices[0], advices.at(-1)];
  return [
    String(timeoutSeconds),
    predicted(first)?.meanIdleSlots.expected.toFixed(1) ?? '-',
    meanIdleSlots.toFixed(1),
    percent(predicted(first)?.reuseRatio.expected),
    percent(reuseRatio),
    busiest(first),
    busiest(last),
    String(maxHeld),
    fitsMeasured(run, slots) ? 'yes' : 'no',
    timeoutSeconds === settled ? 'advised' : '',
  ];
}

function percent(ratio: number | undefined): string {
  return ratio === undefined ? '-' : `${(ratio * 100).toFixed(0)} %`;
}
