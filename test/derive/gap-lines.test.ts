import { describe, expect, test } from 'vitest';
import { createGapTracker } from '../../src/derive/gap-state.ts';
import { summarizeGaps } from '../../src/derive/gap-tracker.ts';
import { start, summaryOf, timeouts, track } from './log-lines.ts';

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
