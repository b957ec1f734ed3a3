import { afterAll, beforeAll, expect, test } from 'vitest';
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
  process.stderr.write(
    `${server.name} ${JSON.stringify([advice.headline, advice.effect, advice.advised, { ...before, lines: 0 }, { ...after, lines: 0 }])}\n`,
  );
  return { server, before, advice, after };
}

function expectAsPredicted({ server, before, advice, after }: ClosedLoop): void {
  const { meanIdleSlots, reuseRatio } = advice.advised;
  // Nginx is never full of idle clients: it closes them.
  if (server.name !== 'nginx') expect(before.fullSamples).toBeGreaterThan(0);
  expect(after.fullSamples).toBe(0);
  expectWithin15Percent(meanIdleSlots.expected, after.meanIdleSlots);
  expectWithin15Percent(reuseRatio.expected, after.reuseRatio);
}

function expectWithin15Percent(predicted: number, measured: number): void {
  expect(predicted / measured).toBeGreaterThan(0.85);
  expect(predicted / measured).toBeLessThan(1.15);
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

const started: VisitedServer[] = [];

async function loop(
  start: (setting: Setting) => Promise<VisitedServer>,
  setting: Setting,
  visitors: Visitors,
): Promise<ClosedLoop> {
  const server = await start(setting);
  started.push(server);
  return closeLoop(server, setting, visitors);
}

let loops: Readonly<Record<'prefork' | 'event' | 'nginx' | 'busy', ClosedLoop>>;

// The servers are idle most of the time: together they take as long as one.
beforeAll(async () => {
  const [prefork, event, nginx, busy] = await Promise.all([
    loop(startPrefork, { slots: 84, timeoutSeconds: 2.5 }, readers),
    loop(startEvent, { slots: 28, timeoutSeconds: 2.5 }, readers),
    loop(startVisitedNginx, { slots: 110, timeoutSeconds: 3 }, readers),
    loop(startPrefork, { slots: 56, timeoutSeconds: 0.3 }, workers),
  ]);
  loops = { prefork, event, nginx, busy };
});

afterAll(() => Promise.all(started.map((server) => server.stop())));

test('a smaller timeout empties a full prefork as predicted, and then is said to be right', async () => {
  const { server, advice, after } = loops.prefork;
  expect(advice.kind).toBe('timeout');
  expectAsPredicted(loops.prefork);
  const timeoutSeconds = advice.advisedKeepaliveTimeoutSeconds;
  const again = await adviseOnRun(server, after, { slots: 84, timeoutSeconds });
  expect(again).toMatchObject({ kind: 'keep', advisedKeepaliveTimeoutSeconds: timeoutSeconds });
  // Of the ids that Apache has for log lines none is there to tell connections by.
  expect(after.lines.every((line) => line.endsWith(' - -'))).toBe(true);
});

test('a smaller timeout frees the connections of an event server as predicted', () => {
  expect(loops.event.advice.kind).toBe('timeout');
  expectAsPredicted(loops.event);
});

test('a smaller timeout frees the connections of nginx as predicted', () => {
  expect(loops.nginx.advice.kind).toBe('timeout');
  expectAsPredicted(loops.nginx);
});

test('where requests alone fill the workers, more of them are advised, and enough', () => {
  expect(loops.busy.advice.kind).toBe('more_slots');
  expectAsPredicted(loops.busy);
});
