import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGapTracker } from '../../src/derive/gap-state.ts';
import { summarizeGaps } from '../../src/derive/gap-tracker.ts';
import { type ModelOptions, predictTimeouts } from '../../src/derive/keepalive-model.ts';
import { tailShares } from '../../src/derive/tail-shares.ts';
import { type Line, track } from './log-lines.ts';

const start = Date.UTC(2026, 10, 21, 3) / 1000;

function modelOf(
  lines: readonly Line[],
  { todaySeconds, ...options }: Partial<ModelOptions> & { readonly todaySeconds?: number } = {},
) {
  const tracker = createGapTracker({
    timeouts: [0, 1, 2, 5, 10, 20],
    ...(todaySeconds === undefined ? {} : { todaySeconds }),
  });
  track(tracker, lines);
  return predictTimeouts({ summary: summarizeGaps(tracker), idleCost: 'blocking', ...options });
}

const at = (model: ReturnType<typeof modelOf>, timeout: number) => {
  const found = model.predictions.find(({ timeoutSeconds }) => timeoutSeconds === timeout);
  if (found === undefined) throw new Error(`no prediction for ${timeout} s`);
  return found;
};

/** Each 10 s a visitor: two requests of 1 s, 3 s apart, over one connection. */
const steady: readonly Line[] = Array.from({ length: 400 }, (_, n) => {
  const client = { client: n, connection: n, seconds: 1 };
  const from = start + n * 10;
  return [
    { ...client, end: from + 1, number: 1 },
    { ...client, end: from + 5, number: 2 },
  ];
})
  .flat()
  .toSorted((a, b) => a.end - b.end);

/** A visitor each second, with one request of 0.1 s; twenty more each half a minute. */
const busy: readonly Line[] = Array.from({ length: 600 }, (_, n) => {
  const end = start + n + 0.1;
  const visitors = n % 30 === 0 ? 21 : 1;
  return Array.from({ length: visitors }, (_, k) => {
    const client = n * 30 + k;
    return { client, connection: client, seconds: 0.1, end, number: 1 };
  });
}).flat();

describe('predictTimeouts()', () => {
  // As docs/tuning.md does it by hand: 400 connections in 3,994 s.
  test('one figure by hand: mean idle slots at 5 s and at 2 s', () => {
    const model = modelOf(steady, { todaySeconds: 5 });
    const seconds = 3994;
    expect(at(model, 5).meanIdleSlots.expected).toBeCloseTo((400 * 3 + 400 * 5) / seconds, 6);
    // At 2 s the gap of 3 s costs 2 s and a connection more, whose tail is among the 400.
    expect(at(model, 2).meanIdleSlots.expected).toBeCloseTo((400 * 2 + 400 * 2) / seconds, 6);
    expect(at(model, 5).reuseRatio).toEqual({ low: 0.5, expected: 0.5, high: 0.5 });
    expect(at(model, 2).reuseRatio.expected).toBe(0);
    expect(at(model, 2).connectionsPerSecond.expected).toBeCloseTo(800 / seconds, 6);
    expect(at(model, 5).handshakesSavedPerSecond.expected).toBeCloseTo(400 / seconds, 6);
  });

  test('keep-alive off: no reuse, no idle slot, a connection for each request', () => {
    const off = at(modelOf(steady, { todaySeconds: 5 }), 0);
    expect(off.reuseRatio.high).toBe(0);
    expect(off.meanIdleSlots.high).toBe(0);
    expect(off.busiestSlots).toEqual({ low: 1, expected: 1, high: 1 });
    expect(off.handshakesSavedPerSecond.expected).toBeCloseTo(0, 9);
  });

  test('without a measurement clients may all close first, or none', () => {
    const { meanIdleSlots, busiestSlots } = at(modelOf(steady, { todaySeconds: 5 }), 5);
    expect(meanIdleSlots.low).toBeCloseTo((400 * 3) / 3994, 6);
    expect(meanIdleSlots.high).toBe(meanIdleSlots.expected);
    // A visit of 5 s and a tail of 5 s end as the next visit begins.
    expect(busiestSlots).toEqual({ low: 1, expected: 1, high: 1 });
  });

  test('measured keep-alive slots give the mean tail', () => {
    const model = modelOf(steady, { todaySeconds: 5, meanIdleSlots: (400 * 3 + 400 * 2) / 3994 });
    expect(model.meanTailSeconds).toBeCloseTo(2, 6);
    const { meanIdleSlots } = at(model, 5);
    expect(meanIdleSlots.low).toBeCloseTo(meanIdleSlots.high, 6);
  });

  test.each(['blocking', 'async', 'reclaimable'] as const)(
    'clients that close soon after their last response: no shorter timeout takes more slots than today’s (%s)',
    (idleCost) => {
      const model = modelOf(busy, { todaySeconds: 20, meanIdleSlots: 4, slots: 100, idleCost });
      const highs = model.predictions.map(({ busiestSlots }) => busiestSlots.high);
      expect(highs).toEqual(highs.toSorted((a, b) => a - b));
    },
  );

  test('clients that close soon do not fill a server whose timeout is long', () => {
    const options = { todaySeconds: 20, slots: 50, idleCost: 'blocking' } as const;
    expect(modelOf(busy, options).wasFull).toBe(false);
    const few = { ...options, slots: 30 };
    expect(modelOf(busy, few).wasFull).toBe(true);
    expect(modelOf(busy, { ...few, meanIdleSlots: 4 }).wasFull).toBe(false);
  });

  test('clients that close soon fill the server for less of the time than whole tails would', () => {
    const few = { todaySeconds: 20, slots: 30 } as const;
    const [whole, measured] = [modelOf(busy, few), modelOf(busy, { ...few, meanIdleSlots: 4 })];
    expect(at(whole, 20).fullTimeRatio).toBeGreaterThan(0.5);
    expect(at(measured, 20).fullTimeRatio).toBe(0);
    // Samples show a full server for one second of ten minutes: no more visitors waited than come in that time.
    const briefly = modelOf(busy, { ...few, meanIdleSlots: 4, fullSampleShare: 1 / 600 });
    const high = (model: typeof whole) => at(model, 20).busiestSlots.high;
    const hold = 2.4 + 0.1;
    expect(briefly.wasFull).toBe(true);
    expect(high(briefly)).toBeGreaterThan(high(measured));
    expect(high(briefly)).toBeLessThan(high(measured) + 1.1 * (30 / hold));
  });

  test('a server whose last slots are never seen in use was nearly full, and its log hides bursts', () => {
    const measured = { todaySeconds: 20, meanIdleSlots: 4 } as const;
    const high = (model: ReturnType<typeof modelOf>) => at(model, 20).busiestSlots.high;
    const calm = modelOf(busy, { ...measured, slots: 1000 });
    const nearlyFull = modelOf(busy, { ...measured, slots: Math.floor(high(calm) / 0.95) });
    expect(nearlyFull.wasFull).toBe(true);
    expect(high(nearlyFull)).toBeGreaterThan(high(calm));
  });

  test('a timeout counts as full at some time exactly when its busiest moment may take all slots', () => {
    for (const meanIdleSlots of [undefined, 2, 4, 8, 16]) {
      const measured = meanIdleSlots === undefined ? {} : { meanIdleSlots };
      const model = modelOf(busy, { todaySeconds: 20, slots: 26, ...measured });
      for (const { busiestSlots, fullTimeRatio = 0 } of model.predictions) {
        if (!model.wasFull) expect(fullTimeRatio > 0).toBe(busiestSlots.high >= 26);
        if (busiestSlots.high < 26) expect(fullTimeRatio).toBe(0);
      }
    }
  });

  test('the slots of event are connections, as many as its idle workers allow', () => {
    const model = modelOf(steady, {
      todaySeconds: 5,
      idleCost: 'async',
      slots: 10,
      workerBytes: 1,
    });
    expect(model.slotLimit).toBe(10 + 2 * 9);
    expect(at(model, 5).idleMemoryBytes).toBeUndefined();
    // Idle clients hold no worker: only requests make others wait.
    const { waitProbability } = at(model, 20);
    expect(waitProbability?.low).toBe(waitProbability?.high);
  });

  test('nginx that takes idle connections back reuses at least what the largest timeout that it leaves alone does', () => {
    // Each 4 s ten visitors with two requests of 1 s, 3 s apart: up to 20 slots at 2 s, 30 at 5 s.
    const crowd = Array.from({ length: 400 }, (_, n) => {
      const from = start + Math.floor(n / 10) * 4;
      const visitor = { client: n, connection: n, seconds: 1 };
      return [
        { ...visitor, end: from + 1, number: 1 },
        { ...visitor, end: from + 5, number: 2 },
      ];
    })
      .flat()
      .toSorted((a, b) => a.end - b.end);
    const nginx = (slots: number) =>
      modelOf(crowd, { todaySeconds: 5, idleCost: 'reclaimable', slots });
    const [wide, narrow, tight] = [nginx(1000), nginx(30), nginx(10)];
    expect(at(wide, 5).reuseRatio.low).toBe(0.5);
    expect(at(narrow, 2).reuseRatio).toEqual(at(wide, 2).reuseRatio);
    expect(at(narrow, 5).reuseRatio).toEqual({ ...at(wide, 5).reuseRatio, low: 0 });
    expect(at(narrow, 5).meanIdleSlots.low).toBe(at(wide, 2).meanIdleSlots.low);
    expect(at(narrow, 5).connectionsPerSecond.high).toBe(at(wide, 2).connectionsPerSecond.high);
    // Not even keep-alive off leaves slots free: then each request may begin a connection.
    const requestsPerSecond = at(tight, 0).connectionsPerSecond.high;
    expect(at(tight, 5).connectionsPerSecond.high).toBeCloseTo(requestsPerSecond, 9);
  });

  test('idle workers pin their memory', () => {
    const model = modelOf(steady, { todaySeconds: 5, slots: 10, workerBytes: 1000 });
    const { idleMemoryBytes, busyHourIdleSlots } = at(model, 5);
    expect(idleMemoryBytes?.expected).toBeCloseTo(busyHourIdleSlots.expected * 1000, 6);
  });

  test('when all slots are held, the time counts as full and visitors as waiting', () => {
    const full = at(modelOf(steady, { todaySeconds: 5, slots: 1 }), 20);
    expect(full.fullTimeRatio).toBeGreaterThan(0.9);
    expect(full.fits).toBe(false);
    expect(full.waitProbability?.expected).toBe(1);
    const free = at(modelOf(steady, { todaySeconds: 5, slots: 100 }), 5);
    expect(free).toMatchObject({ fits: true, fullTimeRatio: 0 });
  });

  test('missed reuse is what a longer timeout would gain, but not behind a proxy', () => {
    const come = (client: (n: number) => number) =>
      Array.from({ length: 200 }, (_, n) => [
        { end: start + n * 20, connection: 2 * n, number: 1, client: client(n) },
        { end: start + n * 20 + 8, connection: 2 * n + 1, number: 1, client: client(n) },
      ]).flat();
    const visitors = modelOf(
      come((n) => n),
      { todaySeconds: 5 },
    );
    expect(at(visitors, 10).reuseRatio).toEqual({ low: 0, expected: 0.5, high: 0.5 });
    expect(at(visitors, 5).reuseRatio.high).toBe(0);
    const proxied = modelOf(
      come((n) => n % 3),
      { todaySeconds: 5 },
    );
    expect(proxied.isBehindProxy).toBe(true);
    expect(at(proxied, 10).reuseRatio.high).toBe(0);
  });

  test('a visitor that comes back ends its tail early, as often as today by the high figure', () => {
    // Two requests 2 s apart, and after 8 s more another connection.
    const visits = (reused: boolean) =>
      Array.from({ length: 200 }, (_, n) => {
        const from = start + n * 20;
        return [
          { end: from, connection: 3 * n, number: 1, client: n },
          {
            end: from + 2,
            connection: reused ? 3 * n : 3 * n + 1,
            number: reused ? 2 : 1,
            client: n,
          },
          { end: from + 10, connection: 3 * n + 2, number: 1, client: n },
        ];
      }).flat();
    const [faithful, fickle] = [true, false].map((reused) =>
      modelOf(visits(reused), { todaySeconds: 5 }),
    );
    const hour = (model: typeof faithful) => (model ? at(model, 10).busyHourIdleSlots : undefined);
    // 2 s, 8 s and a tail of 10 s in 20 s.
    expect(hour(faithful)?.high).toBeCloseTo(1, 1);
    expect(hour(faithful)?.expected).toBeCloseTo(1, 1);
    // None of those who came back within today's timeout used the connection that was open: three tails of 10 s.
    expect(hour(fickle)?.high).toBeCloseTo(1.5, 1);
    expect(hour(fickle)?.expected).toBeCloseTo(1.4, 1);
  });

  test('a timeout that the log is too short for is marked', () => {
    const short = modelOf(steady.slice(0, 8), { todaySeconds: 5 });
    expect(at(short, 5).isLongerThanLog).toBe(false);
    expect(at(short, 20).isLongerThanLog).toBe(true);
  });

  test('without a line, every figure is finite', () => {
    const model = modelOf([], { todaySeconds: 5, slots: 10 });
    expect(JSON.stringify(model)).not.toContain('null');
  });

  test('what would be measured lies between low and high, whoever closes first', () => {
    const today = 5;
    const visit = fc.record({
      gaps: fc.array(fc.double({ min: 0.1, max: 18, noNaN: true }), { maxLength: 4 }),
      stays: fc.double({ min: 0, max: 30, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(visit, { minLength: 8, maxLength: 30 }), (visits) => {
        const gaps = visits.flatMap((one) => one.gaps);
        const idle = (timeout: number) =>
          [...gaps, ...visits.map(({ stays }) => stays)].reduce(
            (sum, seconds) => sum + Math.min(seconds, timeout),
            0,
          );
        const lines = linesUnder(visits, today);
        const tickAt = (line?: Line) => Math.ceil((line?.end ?? 0) * 8);
        const seconds = (tickAt(lines.at(-1)) - tickAt(lines[0])) / 8;
        const model = modelOf(lines, { todaySeconds: today, meanIdleSlots: idle(today) / seconds });
        for (const { timeoutSeconds, meanIdleSlots } of model.predictions) {
          const measured = idle(timeoutSeconds) / seconds;
          expect(meanIdleSlots.low).toBeLessThanOrEqual(measured * (1 + 1e-6) + 1e-9);
          expect(meanIdleSlots.high).toBeGreaterThanOrEqual(measured * (1 - 1e-6) - 1e-9);
          expect(meanIdleSlots.expected).toBeGreaterThanOrEqual(meanIdleSlots.low - 1e-9);
          expect(meanIdleSlots.expected).toBeLessThanOrEqual(meanIdleSlots.high + 1e-9);
        }
      }),
    );
  });
});

/** The log of visitors whose connections end at the timeout: a longer gap is a new connection of the same address. */
function linesUnder(
  visits: readonly { readonly gaps: readonly number[] }[],
  timeout: number,
): readonly Line[] {
  let connection = 0;
  return visits
    .flatMap(({ gaps }, client) => {
      let end = start + client * 7;
      connection += 1;
      let number = 1;
      const lines = [{ end, connection, number, client }];
      for (const gap of gaps) {
        end += gap;
        number = gap > timeout ? 1 : number + 1;
        if (gap > timeout) connection += 1;
        lines.push({ end, connection, number, client });
      }
      return lines;
    })
    .toSorted((a, b) => a.end - b.end);
}

describe('tailShares()', () => {
  test('clients that all close at once, or nearly so, hold no more than the bounds', () => {
    for (const meanSeconds of [0, 1e-300, 1e-12, 1e-6]) {
      const { low, expected, high } = tailShares(7, { todaySeconds: 5, meanSeconds });
      expect(expected).toBeGreaterThanOrEqual(low * (1 - 1e-6));
      expect(expected).toBeLessThanOrEqual(high * (1 + 1e-6));
    }
  });

  test('is ordered, and exact at the timeout of the measurement', () => {
    const seconds = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(seconds, seconds, seconds, (timeout, todaySeconds, meanSeconds) => {
        const { low, expected, high } = tailShares(timeout, { todaySeconds, meanSeconds });
        expect(low).toBeLessThanOrEqual(expected + 1e-6);
        expect(expected).toBeLessThanOrEqual(high + 1e-6);
        const same = tailShares(todaySeconds, { todaySeconds, meanSeconds });
        expect(same.low).toBeCloseTo(Math.min(1, meanSeconds / todaySeconds), 9);
        expect(same.high).toBeCloseTo(same.low, 9);
      }),
    );
  });
});
