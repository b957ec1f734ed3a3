import { afterAll, beforeAll, describe, test } from 'vitest';
import { planVisits } from '../support/timed-visitors.ts';
import {
  type Setting,
  startEvent,
  startPrefork,
  startVisitedNginx,
  type VisitedServer,
} from '../support/visited-server.ts';
import {
  adviseOnRun,
  runVisitors,
  startVisitors,
  type VisitorRun,
  type VisitorSender,
  type Visitors,
} from '../support/visitor-run.ts';

interface ClosedLoop {
  readonly before: VisitorRun;
  readonly advice: Awaited<ReturnType<typeof adviseOnRun>>;
  readonly after: VisitorRun;
}

let sender: VisitorSender;

beforeAll(async () => {
  sender = await startVisitors();
});

afterAll(() => sender?.stop());

/** The same visitors before and after the directives of the advice. */
async function closeLoop(
  server: VisitedServer,
  setting: Setting,
  visitors: Visitors,
): Promise<ClosedLoop> {
  const before = await runVisitors(sender, server, visitors);
  const advice = await adviseOnRun(server, before, setting);
  const slots = advice.advisedSlots ?? setting.slots;
  // Prefork begins small and grows slowly; here all workers shall be there at once.
  const workers = [`StartServers ${slots}`, `MaxSpareServers ${slots + 1}`];
  await server.apply([...advice.directives, ...(server.name === 'prefork' ? workers : [])]);
  const after = await runVisitors(sender, server, visitors);
  return { before, advice, after };
}

/** Of what was predicted from what was measured, as a share. */
function deviation(predicted: number, measured: number): number {
  return Math.abs(predicted / measured - 1);
}

/** A full server delays its last visitors: both means are taken over the same time. */
function idleDeviation({ before, advice, after }: ClosedLoop): number {
  const { expected } = advice.advised.meanIdleSlots;
  return deviation(expected * before.seconds, after.meanIdleSlots * after.seconds);
}

const readers: Visitors = {
  path: '/',
  visits: planVisits({
    seed: 11,
    seconds: 3,
    visitsPerSecond: 78,
    meanRequests: 4,
    mostGaps: 4,
    medianGapSeconds: 0.3,
    sigma: 1.1,
    longestGapSeconds: 1.2,
    closingShare: 0.2,
  }),
};

/** Few requests, each of which takes long. */
const workers: Visitors = {
  path: '/slow?ms=700',
  visits: planVisits({
    seed: 5,
    seconds: 3,
    visitsPerSecond: 80,
    meanRequests: 1.3,
    medianGapSeconds: 0.05,
    sigma: 1,
    longestGapSeconds: 1,
  }),
};

/** All of their gaps are under a second, and many are over half of one. */
const hastyReaders: Visitors = {
  path: '/',
  visits: planVisits({
    seed: 3,
    seconds: 6,
    visitsPerSecond: 36,
    meanRequests: 4,
    mostGaps: 5,
    medianGapSeconds: 0.4,
    sigma: 1,
    longestGapSeconds: 0.8,
    closingShare: 0.2,
  }),
};

const today = 5;
const cases = [
  ['prefork', startPrefork, { slots: 178, timeoutSeconds: today }],
  ['event', startEvent, { slots: 60, timeoutSeconds: today }],
  ['nginx', startVisitedNginx, { slots: 212, timeoutSeconds: today }],
] as const;

// The servers are idle most of the time: together they take as long as one.
describe.concurrent('advise, on real servers', () => {
  test.for(cases)(
    'a smaller timeout empties a full %s, as predicted',
    async ([name, start, setting], { expect, onTestFinished }) => {
      const server = await start(setting);
      onTestFinished(() => server.stop());
      const loop = await closeLoop(server, setting, readers);
      const { before, advice, after } = loop;
      expect(advice.kind).toBe('timeout');
      // Nginx is never full of idle clients: it closes them.
      if (name !== 'nginx') {
        expect(before.fullSamples).toBeGreaterThan(0);
        expect(after.surelyFullSamples).toBe(0);
        // Of the ids that Apache has for log lines none is there to tell connections by.
        expect(after.lines.every((line) => line.endsWith(' - -'))).toBe(true);
      }
      expect(after.maxHeld).toBeLessThanOrEqual(1.05 * advice.advised.busiestSlots.high);
      expect(idleDeviation(loop)).toBeLessThan(0.15);
      expect(deviation(advice.advised.reuseRatio.expected, after.reuseRatio)).toBeLessThan(0.15);
    },
  );

  test("where today's setting is right the advice says so, and changes nothing", async ({
    expect,
    onTestFinished,
  }) => {
    const setting = { slots: 50, timeoutSeconds: 1 };
    const server = await startEvent(setting);
    onTestFinished(() => server.stop());
    const run = await runVisitors(sender, server, hastyReaders);
    const advice = await adviseOnRun(server, run, setting);
    expect(advice).toMatchObject({ kind: 'keep', directives: [], findings: [] });
    expect(advice.headline).toMatch(/^Keep the timeout of 1 s/);
    expect(run.surelyFullSamples).toBe(0);
    expect(deviation(advice.today.reuseRatio.expected, run.reuseRatio)).toBeLessThan(0.15);
  });
});

// By itself: requests that take longer because the machine is busy would need more workers.
test('where requests alone fill the workers, more of them are advised, and enough', async ({
  expect,
  onTestFinished,
}) => {
  const setting = { slots: 90, timeoutSeconds: 0.5 };
  const server = await startPrefork(setting);
  onTestFinished(() => server.stop());
  const { before, advice, after } = await closeLoop(server, setting, workers);
  expect(advice.kind).toBe('more_slots');
  expect(before.fullSamples).toBeGreaterThan(0);
  expect(after.surelyFullSamples).toBe(0);
  expect(after.maxHeld).toBeGreaterThan(setting.slots);
  const { meanIdleSlots, reuseRatio } = advice.advised;
  expect(deviation(meanIdleSlots.expected, after.meanIdleSlots)).toBeLessThan(0.15);
  expect(deviation(reuseRatio.expected, after.reuseRatio)).toBeLessThan(0.15);
});
