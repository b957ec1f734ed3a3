import { expect, test } from 'vitest';
import { keep } from '../support/keep.ts';
import { planVisits } from '../support/timed-visitors.ts';
import {
  type Setting,
  startPrefork,
  startVisitedNginx,
  type VisitedServer,
} from '../support/visited-server.ts';
import {
  adviseOnRun,
  runVisitors,
  type VisitorRun,
  type Visitors,
} from '../support/visitor-run.ts';

interface ClosedLoop {
  readonly server: VisitedServer;
  readonly before: VisitorRun;
  readonly advice: Awaited<ReturnType<typeof adviseOnRun>>;
  readonly after: VisitorRun;
}

/** The same visitors before and after the directives of the advice. */
async function closeLoop(
  server: VisitedServer,
  setting: Setting,
  visitors: Visitors,
): Promise<ClosedLoop> {
  const before = await runVisitors(server, visitors);
  const advice = await adviseOnRun(server, before, setting);
  const slots = advice.advisedSlots ?? setting.slots;
  // Prefork begins small and grows slowly; here all workers shall be there at once.
  const workers = [`StartServers ${slots}`, `MaxSpareServers ${slots + 1}`];
  await server.apply([...advice.directives, ...(server.name === 'prefork' ? workers : [])]);
  const after = await runVisitors(server, visitors);
  return { server, before, advice, after };
}

function expectAsPredicted({ server, before, advice, after }: ClosedLoop): void {
  const { meanIdleSlots, reuseRatio } = advice.advised;
  // Nginx is never full of idle clients: it closes them.
  if (server.name !== 'nginx') expect(before.fullSamples, server.name).toBeGreaterThan(0);
  expect(after.fullSamples, server.name).toBe(0);
  // A full server draws its visitors out over more time: what they hold is compared over the same.
  const held = (mean: number, { seconds }: VisitorRun) => mean * seconds;
  const measured = held(after.meanIdleSlots, after);
  expectWithin15Percent(held(meanIdleSlots.expected, before), measured, server.name);
  expectWithin15Percent(reuseRatio.expected, after.reuseRatio, server.name);
}

function expectWithin15Percent(predicted: number, measured: number, of?: string): void {
  expect(predicted / measured, of).toBeGreaterThan(0.85);
  expect(predicted / measured, of).toBeLessThan(1.15);
}

const readers: Visitors = {
  path: '/',
  visits: planVisits({
    seed: 11,
    seconds: 6,
    visitsPerSecond: 36,
    meanRequests: 4,
    medianGapSeconds: 0.3,
    sigma: 1.1,
    longestGapSeconds: 3,
    closingShare: 0.2,
  }),
};

/** Requests that take long, one after the other. */
const workers: Visitors = {
  path: '/slow?ms=350',
  visits: planVisits({
    seed: 5,
    seconds: 7,
    visitsPerSecond: 30,
    meanRequests: 4,
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
    seconds: 9,
    visitsPerSecond: 30,
    meanRequests: 4,
    medianGapSeconds: 0.4,
    sigma: 1,
    longestGapSeconds: 0.8,
    closingShare: 0.2,
  }),
};

// The servers are idle most of the time: together they take as long as one.
test('a smaller timeout empties a full prefork, and nginx, as predicted', async () => {
  const prefork = { slots: 80, timeoutSeconds: 2.5 };
  const nginx = { slots: 110, timeoutSeconds: 3 };
  const loops = await Promise.all([
    closeLoop(keep(await startPrefork(prefork)), prefork, readers),
    closeLoop(keep(await startVisitedNginx(nginx)), nginx, readers),
  ]);
  for (const loop of loops) {
    expect(loop.advice.kind, loop.server.name).toBe('timeout');
    expectAsPredicted(loop);
  }
  // Of the ids that Apache has for log lines none is there to tell connections by.
  expect(loops[0].after.lines.every((line) => line.endsWith(' - -'))).toBe(true);
});

test("where today's setting is right the advice says so, and changes nothing", async () => {
  const setting = { slots: 150, timeoutSeconds: 1 };
  const server = keep(await startPrefork(setting));
  const run = await runVisitors(server, hastyReaders);
  const advice = await adviseOnRun(server, run, setting);
  expect(advice).toMatchObject({ kind: 'keep', directives: [], findings: [] });
  expect(advice.headline).toMatch(/^Keep the timeout of 1 s/);
  expect(run.fullSamples).toBe(0);
  expectWithin15Percent(advice.today.reuseRatio.expected, run.reuseRatio);
});

test('where requests alone fill the workers, more of them are advised, and enough', async () => {
  const setting = { slots: 56, timeoutSeconds: 0.3 };
  const loop = await closeLoop(keep(await startPrefork(setting)), setting, workers);
  expect(loop.advice.kind).toBe('more_slots');
  expectAsPredicted(loop);
});
