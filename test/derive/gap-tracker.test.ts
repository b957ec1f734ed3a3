import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGapTracker } from '../../src/derive/gap-state.ts';
import { summarizeGaps } from '../../src/derive/gap-tracker.ts';
import { slotBin } from '../../src/derive/slot-bins.ts';
import { type Line, start, summaryOf, timeouts, track } from './log-lines.ts';

/** A connection: its first request, then gaps in seconds before each further one. */
interface Visit {
  readonly at: number;
  readonly seconds: number;
  readonly gaps: readonly number[];
}

function linesOf(visits: readonly Visit[]): readonly Line[] {
  return visits
    .flatMap(({ at, seconds, gaps }, connection) => {
      let end = at + seconds;
      const lines = [{ end, seconds, connection, number: 1, client: connection }];
      for (const [index, gap] of gaps.entries()) {
        end += gap + seconds;
        lines.push({ end, seconds, connection, number: index + 2, client: connection });
      }
      return lines;
    })
    .toSorted((a, b) => a.end - b.end);
}

/** What one slot more or less would have been at a moment, counted the long way. */
function heldAt(visits: readonly Visit[], moment: number, timeout: number) {
  const held = { busy: 0, gap: 0, tail: 0 };
  for (const { at, seconds, gaps } of visits) {
    let from = at;
    if (from <= moment && moment < from + seconds) held.busy++;
    from += seconds;
    for (const gap of gaps) {
      if (from <= moment && moment < from + Math.min(gap, timeout)) held.gap++;
      from += gap;
      if (from <= moment && moment < from + seconds) held.busy++;
      from += seconds;
    }
    if (from <= moment && moment < from + timeout) held.tail++;
  }
  return held;
}

// Eighths of a second are exact in a double, so sums in any order give the same moments.
const eighths = (most: number) => fc.integer({ min: 1, max: most * 8 }).map((n) => n / 8);
const visit = fc.record({
  at: fc.integer({ min: 0, max: 400 }).map((n) => start + n / 8),
  seconds: eighths(2),
  gaps: fc.array(eighths(14), { maxLength: 4 }),
});

describe('trackRecord() and summarizeGaps()', () => {
  const sparse = visit.map((one) => ({ ...one, at: start + (one.at - start) * 60 }));

  test.each([
    ['close together', visit, 100],
    ['far apart', sparse, 20],
  ])(
    'hold at every moment and for every timeout what counting the long way gives, %s',
    (_, kind, numRuns) => {
      const someVisits = fc.array(kind, { minLength: 1, maxLength: numRuns === 20 ? 3 : 12 });
      fc.assert(
        fc.property(someVisits, (visits) => {
          const lines = linesOf(visits);
          const summary = summaryOf(lines);
          const first = Math.ceil((lines[0]?.end ?? 0) * 8);
          const last = Math.ceil((lines.at(-1)?.end ?? 0) * 8);
          for (const { timeoutSeconds, moments, busiest, busiestWithoutTails } of summary.loads) {
            const expected = moments.map(() => 0);
            let most = 0;
            let withoutTails = 0;
            for (let tick = first; tick < last; tick++) {
              const { busy, gap, tail } = heldAt(visits, tick / 8, timeoutSeconds);
              const bin = slotBin(busy + gap + tail);
              expected[bin] = (expected[bin] ?? 0) + 1;
              most = Math.max(most, busy + gap + tail);
              withoutTails = Math.max(withoutTails, busy + gap);
            }
            expect(moments).toEqual(expected);
            expect(busiest.busy + busiest.gap + busiest.tail).toBe(most);
            expect(busiestWithoutTails).toBe(withoutTails);
          }
        }),
        { numRuns },
      );
    },
  );

  test('a change of address is one from the address that the connection began with', () => {
    const addresses = [1, 2, 2, 1];
    const lines = addresses.map((client, index) => ({
      end: start + index,
      connection: 7,
      number: index + 1,
      client,
    }));
    expect(summaryOf(lines).clients.changedShare).toBeCloseTo(2 / 3);
  });

  test('a request number that repeats belongs to another connection, and there is no gap between them', () => {
    const numbers = [1, 2, 3, 2];
    const lines = numbers.map((number, index) => ({ end: start + index, connection: 7, number }));
    const { gaps, reusedRequests } = summaryOf(lines);
    expect(gaps.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(reusedRequests).toBe(3);
  });

  test('only times without a fraction are counted as whole seconds', () => {
    const lines = [0, 1, 1.25, 1.5].map((after) => ({ end: start + after, number: 1 }));
    const { quirks } = summaryOf(lines.map((line, connection) => ({ ...line, connection })));
    expect(quirks.wholeSecondLines).toBe(2);
  });

  test('hours with few lines take few steps, and no second of them is left out', () => {
    const tracker = createGapTracker({ timeouts });
    let ticks = 0;
    let steps = 0;
    Object.defineProperty(tracker.timeline, 'finalTicks', {
      enumerable: true,
      get: () => ticks,
      set: (value: number) => {
        ticks = value;
        steps++;
      },
    });
    const visits = Array.from({ length: 20 }, (_, n) => ({
      at: start + n * 3000,
      seconds: 1,
      gaps: [],
    }));
    const summary = summaryOf(linesOf(visits), tracker);
    expect(summary.observedSeconds).toBe(19 * 3000);
    for (const { timeoutSeconds, moments } of summary.loads) {
      // The first request lies before the observation, the last tail after it.
      expect(moments[1]).toBe(19 * 8 * (1 + timeoutSeconds));
    }
    expect(steps).toBeLessThan(20 * 20);
  });

  test('sum gaps by class exactly, and what is left are tails', () => {
    fc.assert(
      fc.property(fc.array(visit, { minLength: 1, maxLength: 12 }), (visits) => {
        const { gaps, tails, connections, requests, reusedRequests } = summaryOf(linesOf(visits));
        const all = visits.flatMap((one) => one.gaps);
        for (const [index, timeout] of timeouts.entries()) {
          const upTo = all.filter((gap) => gap <= timeout);
          const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
          expect(sum(gaps.counts.slice(0, index + 1))).toBe(upTo.length);
          expect(sum(gaps.seconds.slice(0, index + 1))).toBeCloseTo(sum(upTo));
        }
        expect([tails, connections, requests, reusedRequests]).toEqual([
          visits.length,
          visits.length,
          visits.length + all.length,
          all.length,
        ]);
      }),
    );
  });

  test('a moment is final ten minutes later: a long log has the same result as a short one', () => {
    const visits = [{ at: start, seconds: 1, gaps: [3, 8] }];
    const short = summaryOf(linesOf(visits));
    const long = summaryOf([
      ...linesOf(visits),
      ...linesOf([{ at: start + 2000, seconds: 1, gaps: [] }]).map((line) => ({
        ...line,
        connection: 9,
      })),
    ]);
    expect(long.loads.map(({ busiest }) => busiest)).toEqual(
      short.loads.map(({ busiest }) => busiest),
    );
    expect(long.observedSeconds).toBe(2000);
  });

  test('reading a summary changes nothing', () => {
    const lines = linesOf([
      { at: start, seconds: 1, gaps: [3, 8] },
      { at: start + 4, seconds: 1, gaps: [1, 1] },
    ]);
    const tracker = createGapTracker({ timeouts });
    for (const line of lines) {
      track(tracker, [line]);
      summarizeGaps(tracker);
    }
    expect(summarizeGaps(tracker)).toEqual(summaryOf(lines));
  });
});

describe('connections without a number of their own', () => {
  const visits = (peers: readonly (readonly [client: number, remotePort: number])[]) =>
    summaryOf(peers.map(([client, remotePort], at) => ({ end: start + at, client, remotePort })));

  test('are known by address and port', () => {
    const sameTwice = [
      [7, 40_000],
      [7, 40_000],
    ] as const;
    expect(visits(sameTwice)).toMatchObject({ connections: 1, reusedRequests: 1 });
  });

  test('differ when the address or the port differs, in any of its digits', () => {
    const high = 2 ** 32;
    const peers = [7, 8, 7 + high, 8 + high, 7 + 2 ** 31].flatMap((client) =>
      [1, 2, 40_000, 65_535].map((remotePort) => [client, remotePort] as const),
    );
    expect(visits(peers)).toMatchObject({ connections: peers.length, reusedRequests: 0 });
  });
});

test('a connection number after a hole of the log belongs to another connection', () => {
  const lines = [0, 1, 4000].map((at) => ({ end: start + at, connection: 3 }));
  expect(summaryOf(lines)).toMatchObject({ connections: 2, reusedRequests: 1 });
});
