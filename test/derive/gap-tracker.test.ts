import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGapTracker, type GapTracker } from '../../src/derive/gap-state.ts';
import { summarizeGaps } from '../../src/derive/gap-tracker.ts';
import { slotBin } from '../../src/derive/slot-bins.ts';
import { type Line, track } from './log-lines.ts';

const start = Date.UTC(2026, 10, 21, 3) / 1000;
const timeouts = [0, 0.5, 1, 2, 5, 10];

function summaryOf(lines: readonly Line[], tracker: GapTracker = createGapTracker({ timeouts })) {
  track(tracker, lines);
  return summarizeGaps(tracker);
}

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

describe('missed reuse', () => {
  const visitor = { client: 7, number: 1 };

  test.each([
    ['the same address comes again over a new connection', 20, 1],
    ['it comes again after five minutes', 301, 0],
  ])('%s', (_, after, count) => {
    const tracker = createGapTracker({ timeouts });
    const lines = [
      { ...visitor, end: start, connection: 1 },
      { ...visitor, end: start + after, connection: 2 },
    ];
    const { missed } = summaryOf(lines, tracker);
    expect(missed.counts.reduce((a, b) => a + b, 0)).toBe(count);
    expect(tracker.missed.histogram.sum).toBe(count * after);
  });

  test('several connections at once, another address and a connection that was closed are none', () => {
    const { missed } = summaryOf([
      { ...visitor, end: start, seconds: 1, connection: 1 },
      { ...visitor, end: start + 0.1, seconds: 1, connection: 2 },
      { ...visitor, end: start + 5, client: 8, connection: 3 },
      { ...visitor, end: start + 6, client: 9, connection: 4, keptOpen: 0 },
      { ...visitor, end: start + 7, client: 9, connection: 5 },
    ]);
    expect(missed.counts.every((count) => count === 0)).toBe(true);
  });
});

describe('lines that are not as they should be', () => {
  test('own requests are no visitors', () => {
    expect(summaryOf([{ end: start, connection: 1, number: 1, own: true }]).requests).toBe(0);
  });

  test('without a connection or a time a line is only counted', () => {
    const { requests, quirks } = summaryOf([
      { end: start, number: 1, client: 3 },
      { end: -1, connection: 1 },
    ]);
    expect(requests).toBe(0);
    expect(quirks).toMatchObject({ linesWithoutConnection: 1, linesWithoutTime: 1 });
  });

  test('the connection is that of address and port', () => {
    const { connections, reusedRequests } = summaryOf([
      { end: start, client: 3, remotePort: 1000, number: 1 },
      { end: start + 1, client: 3, remotePort: 1001, number: 1 },
      { end: start + 2, client: 3, remotePort: 1000, number: 2 },
      { end: start + 3, client: 4, remotePort: 1000, number: 1 },
    ]);
    expect([connections, reusedRequests]).toEqual([3, 1]);
  });

  test('one visitor, one request', () => {
    const summary = summaryOf([{ end: start, connection: 1, number: 1, client: 1 }]);
    expect(summary).toMatchObject({ requests: 1, connections: 1, tails: 1, observedSeconds: 0 });
  });

  test('HTTP/1.0 without %X has no tail; when a request follows all the same, it has a gap', () => {
    const old = { protocol: 'HTTP/1.0', connection: 1, client: 1 } as const;
    expect(summaryOf([{ ...old, end: start, number: 1 }]).tails).toBe(0);
    const kept = summaryOf([
      { ...old, end: start, number: 1 },
      { ...old, end: start + 3, number: 2 },
    ]);
    expect(kept).toMatchObject({ tails: 0, reusedRequests: 1 });
    expect(kept.gaps.seconds[4]).toBe(3);
  });

  test.each([{ keptOpen: 0 }, { status: 408 }, { aborted: true }])('no tail after %j', (closed) => {
    const { tails, busySeconds } = summaryOf([
      { end: start, seconds: 2, connection: 1, number: 1, ...closed },
    ]);
    expect([tails, busySeconds]).toEqual([0, 2]);
  });

  test('nginx restarts: the same number is another connection', () => {
    const { connections, reusedRequests, gaps } = summaryOf([
      { end: start, connection: 1, number: 1 },
      { end: start + 1, connection: 1, number: 2 },
      { end: start + 3, connection: 1, number: 1 },
      { end: start + 4, connection: 1, number: 2 },
    ]);
    expect([connections, reusedRequests]).toEqual([2, 2]);
    expect(gaps.counts.reduce((a, b) => a + b, 0)).toBe(2);
  });

  test('a connection from before the log is reuse without a gap', () => {
    const summary = summaryOf([{ end: start, connection: 1, number: 17 }]);
    expect(summary).toMatchObject({ connections: 0, reusedRequests: 1, tails: 1 });
    expect(summary.gaps.counts.every((count) => count === 0)).toBe(true);
  });

  test('without the number on the connection, what follows within five minutes is reuse', () => {
    const { connections, reusedRequests } = summaryOf([
      { end: start, connection: 1 },
      { end: start + 100, connection: 1 },
      { end: start + 500, connection: 1 },
    ]);
    expect([connections, reusedRequests]).toEqual([2, 1]);
  });

  test('requests of HTTP/2 overlap: gaps are between moments without any', () => {
    const stream = { connection: 1, client: 1, protocol: 'HTTP/2.0' } as const;
    const summary = summaryOf([
      { ...stream, end: start + 1, seconds: 1, number: 1 },
      { ...stream, end: start + 2, seconds: 2, number: 3 },
      { ...stream, end: start + 3, seconds: 2.5, number: 2 },
      { ...stream, end: start + 8, seconds: 1, number: 4 },
    ]);
    expect(summary).toMatchObject({ connections: 1, reusedRequests: 3, tails: 1, busySeconds: 4 });
    expect(summary.quirks.multiplexedRequests).toBe(4);
    expect(summary.gaps.seconds.reduce((a, b) => a + b, 0)).toBe(4);
  });

  test('lines out of order give the same connections', () => {
    const lines = [
      { end: start, connection: 1, number: 1 },
      { end: start + 2, connection: 2, number: 1 },
      { end: start + 1, connection: 1, number: 2 },
    ];
    const sorted = lines.toSorted((a, b) => a.end - b.end);
    expect(summaryOf(lines)).toEqual(summaryOf(sorted));
  });

  test('a clock that goes back a day starts over, one late line does not', () => {
    const page = (end: number, connection: number) => ({ end, connection, number: 1 });
    const late = summaryOf([page(start, 1), page(start - 3000, 2), page(start + 1, 3)]);
    expect(late.quirks).toMatchObject({ lateLines: 1, clockJumps: 0 });
    const day = 86_400;
    const back = Array.from({ length: 100 }, (_, n) => page(start - day + n, n + 10));
    const jumped = summaryOf([page(start, 1), page(start + 20, 2), ...back]);
    expect(jumped.quirks).toMatchObject({ clockJumps: 1 });
    expect(jumped.lastSeconds).toBe(start - day + 99);
    expect(jumped.observedSeconds).toBe(20 + 90);
    expect(jumped.loads.at(-1)?.busiest.tail).toBeLessThanOrEqual(10);
  });

  test('a clock that goes forward a year costs nothing and counts as a hole', () => {
    const year = 366 * 86_400;
    const summary = summaryOf([
      { end: start, connection: 1, number: 1 },
      { end: start + 10, connection: 1, number: 2 },
      { end: start + year, connection: 2, number: 1 },
      { end: start + year + 5, connection: 2, number: 2 },
    ]);
    expect(summary.observedSeconds).toBe(15);
    expect(summary.quirks.holeSeconds).toBe(year - 10);
  });

  test('a timeout of a year is as good as none', () => {
    const tracker = createGapTracker({ timeouts, todaySeconds: 366 * 86_400 });
    expect(summarizeGaps(tracker)).toMatchObject({ todaySeconds: undefined, timeouts });
  });

  test('tables are bounded, and say what they forgot', () => {
    const tracker = createGapTracker({ timeouts, maximumConnections: 64, maximumAddresses: 32 });
    const many = Array.from({ length: 1000 }, (_, n) => ({
      end: start + n / 100,
      connection: n,
      number: 1,
      client: n,
    }));
    const { openConnections, addresses } = summaryOf(many, tracker);
    expect(openConnections).toMatchObject({ entries: 64, maximum: 64, evicted: 936 });
    expect(addresses).toMatchObject({ entries: 32, maximum: 32, evicted: 968 });
    // The newest are still there.
    track(tracker, [{ end: start + 11, connection: 999, number: 2, client: 999 }]);
    expect(summarizeGaps(tracker).gaps.counts.reduce((a, b) => a + b, 0)).toBe(1);
  });

  // `npm run bench -- gaps` does the same with ten million.
  test('more addresses than entries take no more memory than docs/tuning.md says', () => {
    const tracker = createGapTracker({ todaySeconds: 5 });
    for (let n = 0; n < 150_000; n++) {
      const end = start + n / 20_000;
      track(tracker, [{ end, connection: n, number: 1, client: n * 400_000_007 }]);
    }
    const { openConnections, addresses } = summarizeGaps(tracker);
    expect(openConnections.bytes).toBe(65_536 * 53);
    expect(addresses.bytes).toBe(65_536 * 53);
    expect(addresses.evicted).toBe(150_000 - 65_536);
    const columns = Object.values(tracker.timeline).filter((one) => ArrayBuffer.isView(one));
    const bytes = columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(1.1 * 2 ** 20);
  });

  test('what is too old to be of use makes room uncounted', () => {
    const tracker = createGapTracker({ timeouts, maximumConnections: 64, maximumAddresses: 64 });
    const slow = Array.from({ length: 500 }, (_, n) => ({
      end: start + n * 10,
      connection: n,
      number: 1,
      client: n,
    }));
    expect(summaryOf(slow, tracker).openConnections).toMatchObject({ entries: 31, evicted: 0 });
  });

  test('all requests from one proxy show in the share of the busiest addresses', () => {
    const lines = Array.from({ length: 200 }, (_, n) => ({
      end: start + n,
      connection: n,
      number: 1,
      client: n % 3,
    }));
    expect(summaryOf(lines).clients.busiestShare).toBe(1);
    const visitors = lines.map((line, n) => ({ ...line, client: n }));
    expect(summaryOf(visitors).clients.busiestShare).toBe(5 / 200);
  });
});
