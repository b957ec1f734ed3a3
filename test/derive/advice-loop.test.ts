import { describe, expect, test } from 'vitest';
import { adviseKeepalive } from '../../src/derive/advise-keepalive.ts';
import { createGapTracker } from '../../src/derive/gap-state.ts';
import { summarizeGaps } from '../../src/derive/gap-tracker.ts';
import {
  betterThan,
  fullNowAndThen,
  planFullNowAndThen,
  triedTimeouts,
} from '../support/judge-timeouts.ts';
import { type SimulatedRun, simulatePrefork } from '../support/simulated-prefork.ts';
import { track } from './log-lines.ts';

const { slots } = fullNowAndThen;

function adviseOn({ lines, meanIdleSlots }: SimulatedRun, todaySeconds: number) {
  const tracker = createGapTracker({ todaySeconds });
  track(tracker, lines);
  return adviseKeepalive({
    summary: summarizeGaps(tracker),
    server: 'prefork',
    slots,
    meanIdleSlots,
    minimum: { seconds: 1, connections: 1 },
  });
}

type Advice = ReturnType<typeof adviseOn>;

/** As docs/tuning.md says: apply the advice, and run it again with a log of the new setting, until it stays. */
function followAdvice(runs: ReadonlyMap<number, SimulatedRun>): readonly Advice[] {
  const advices: Advice[] = [];
  let today: number = fullNowAndThen.timeoutSeconds;
  while (advices.length < 6 && advices.at(-1)?.kind !== 'keep') {
    const run = runs.get(today);
    if (run === undefined) throw new Error(`${today} s is advised, and was not tried`);
    const advice = adviseOn(run, today);
    advices.push(advice);
    today = advice.advisedKeepaliveTimeoutSeconds ?? today;
  }
  return advices;
}

function runAll(seed: number): ReadonlyMap<number, SimulatedRun> {
  const visits = planFullNowAndThen(seed);
  return new Map(
    triedTimeouts.map((timeoutSeconds) => [
      timeoutSeconds,
      simulatePrefork(visits, { slots, timeoutSeconds }),
    ]),
  );
}

describe('adviseKeepalive(), followed step by step on a simulated prefork', () => {
  const seeds = [1, 2, 3, 4, 5, 6];
  const followed = seeds.map((seed) => {
    const runs = runAll(seed);
    return { seed, runs, advices: followAdvice(runs) };
  });

  test.each(followed)('none of eight other timeouts is better, seed $seed', ({ runs, advices }) => {
    expect(advices[0]?.model.wasFull).toBe(true);
    const settled = advices.at(-1);
    expect(settled?.kind).toBe('keep');
    const tried = [...runs].map(([timeoutSeconds, { maxHeld, reuseRatio }]) => ({
      timeoutSeconds,
      maxHeld,
      reuseRatio,
    }));
    const advised = settled?.advisedKeepaliveTimeoutSeconds ?? Number.NaN;
    expect(betterThan(advised, tried, { slots, error: 0 })).toEqual([]);
    // The judge finds what is worse.
    expect(betterThan(0.25, tried, { slots, error: 0 })).toContain(advised);
    expect(betterThan(7, tried, { slots, error: 0 })).toContain(advised);
  });

  test('no busiest moment exceeds the high figure by more than 3 %, and one in ten exceeds it at all', () => {
    const ratios = followed.flatMap(({ runs, advices }) =>
      advices.flatMap(({ model }) =>
        model.predictions.flatMap(({ timeoutSeconds, busiestSlots }) => {
          const measured = runs.get(timeoutSeconds)?.maxHeld ?? slots;
          // A full server shows no more than its slots.
          return timeoutSeconds === 0 || measured >= slots ? [] : [measured / busiestSlots.high];
        }),
      ),
    );
    expect(ratios.length).toBeGreaterThan(50);
    expect(Math.max(...ratios)).toBeLessThan(1.03);
    expect(ratios.filter((ratio) => ratio > 1).length).toBeLessThan(ratios.length / 10);
  });

  test('reuse and mean idle slots are within 10 % below and at the timeout of the log', () => {
    for (const { runs, advices } of followed) {
      for (const { model } of advices) {
        for (const { timeoutSeconds, reuseRatio, meanIdleSlots } of model.predictions) {
          const run = runs.get(timeoutSeconds);
          if (run === undefined || timeoutSeconds > (model.todaySeconds ?? 0)) continue;
          if (timeoutSeconds === 0) continue;
          expect(reuseRatio.expected / run.reuseRatio).toBeCloseTo(1, 1);
          expect(Math.abs(meanIdleSlots.expected / run.meanIdleSlots - 1)).toBeLessThan(0.1);
        }
      }
    }
  });
});
