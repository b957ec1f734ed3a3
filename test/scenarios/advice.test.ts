import { appendFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { keep } from '../support/keep.ts';
import { planVisits } from '../support/timed-visitors.ts';
import {
  adviseOnRun,
  runVisitors,
  type Setting,
  startPrefork,
  type Visitors,
} from '../support/visitor-run.ts';

/** The same visitors before and after the directives of the advice, with what was predicted of them. */
async function closeLoop(setting: Setting, visitors: Visitors) {
  const server = keep(await startPrefork(setting));
  const before = await runVisitors(server, visitors);
  const advice = await adviseOnRun(before, setting);
  const slots = advice.advisedSlots ?? setting.slots;
  const workers = [`StartServers ${slots}`, `MaxSpareServers ${slots + 1}`];
  await appendFile(server.configFile, `\n${[...advice.directives, ...workers].join('\n')}\n`);
  await server.graceful();
  return { before, advice, after: await runVisitors(server, visitors) };
}

function expectWithin15Percent(predicted: number, measured: number): void {
  expect(predicted / measured).toBeGreaterThan(0.85);
  expect(predicted / measured).toBeLessThan(1.15);
}

test('the advice for a full prefork comes true, and then says that the setting is right', async () => {
  const visits = planVisits({
    seed: 11,
    seconds: 5,
    visitsPerSecond: 45,
    meanRequests: 4,
    medianGapSeconds: 0.3,
    sigma: 1.1,
    longestGapSeconds: 3,
    closingShare: 0.2,
  });
  const setting = { slots: 100, timeoutSeconds: 2.5 };
  const { before, advice, after } = await closeLoop(setting, { visits, path: '/' });
  expect(before.fullSamples).toBeGreaterThan(0);
  expect(advice.kind).toBe('timeout');
  expect(after.fullSamples).toBe(0);
  expectWithin15Percent(advice.advised.meanIdleSlots.expected, after.meanIdleSlots);
  expectWithin15Percent(advice.advised.reuseRatio.expected, after.reuseRatio);
  const timeoutSeconds = advice.advisedKeepaliveTimeoutSeconds;
  const again = await adviseOnRun(after, { ...setting, timeoutSeconds });
  expect(again).toMatchObject({ kind: 'keep', advisedKeepaliveTimeoutSeconds: timeoutSeconds });
  // Of the ids that Apache has for log lines none is there to tell connections by.
  expect(after.lines.every((line) => line.endsWith(' - -'))).toBe(true);
});

test('where requests alone fill the workers, more of them are advised, and enough', async () => {
  const visits = planVisits({
    seed: 5,
    seconds: 7,
    visitsPerSecond: 30,
    meanRequests: 4,
    medianGapSeconds: 0.05,
    sigma: 1,
    longestGapSeconds: 1,
  });
  const setting = { slots: 56, timeoutSeconds: 0.3 };
  const { before, advice, after } = await closeLoop(setting, { visits, path: '/slow?ms=350' });
  expect(before.fullSamples).toBeGreaterThan(0);
  expect(advice.kind).toBe('more_slots');
  expect(after.fullSamples).toBe(0);
  expectWithin15Percent(advice.advised.meanIdleSlots.expected, after.meanIdleSlots);
  expectWithin15Percent(advice.advised.reuseRatio.expected, after.reuseRatio);
});
