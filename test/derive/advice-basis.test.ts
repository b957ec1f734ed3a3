import { describe, expect, test } from 'vitest';
import { describeBasis, findMissing } from '../../src/derive/advice-basis.ts';
import { createGapTracker } from '../../src/derive/gap-state.ts';
import { summarizeGaps } from '../../src/derive/gap-tracker.ts';
import { predictTimeouts } from '../../src/derive/keepalive-model.ts';
import type { GapSummary, LogQuirks } from '../../src/snapshot/gap-summary.ts';

const empty = summarizeGaps(createGapTracker());

function summaryOf(part: Partial<GapSummary>, quirks: Partial<LogQuirks> = {}): GapSummary {
  return { ...empty, ...part, quirks: { ...empty.quirks, ...quirks } };
}

function wordsOf(part: Partial<GapSummary>, quirks: Partial<LogQuirks> = {}): string {
  const summary = summaryOf(part, quirks);
  return describeBasis(summary, predictTimeouts({ summary, idleCost: 'blocking' })).join('\n');
}

const least = { seconds: 600, connections: 100 };

describe('findMissing()', () => {
  const missingIn = (part: Partial<GapSummary>, quirks: Partial<LogQuirks> = {}) =>
    findMissing({ summary: summaryOf(part, quirks), server: 'nginx' }, least).join('\n');

  test('distinguishes a log without connections from one without times', () => {
    expect(missingIn({}, { linesWithoutConnection: 9 })).toContain('$connection_requests');
    const noTime = missingIn({}, { linesWithoutTime: 9 });
    expect(noTime).toContain('%{end:msec}t');
    expect(noTime).not.toContain('$connection_requests');
  });

  test('wants as much traffic as is asked for, and no more', () => {
    const enough = { requests: 900, connections: 100, observedSeconds: 600 };
    expect(missingIn(enough)).toBe('');
    expect(missingIn({ ...enough, connections: 99 })).toMatch(/^only 99 of the 100 connections\b/);
    expect(missingIn({ ...enough, observedSeconds: 599 })).toMatch(
      /^only 9\.9 minutes of the 10 minutes of traffic\b/,
    );
  });

  test.each([
    [599.9, 600, 'only 9.9 minutes of the 10 minutes'],
    [601, 605, 'only 10 minutes of the 10.1 minutes'],
    [558, 600, 'only 9.3 minutes of the 10 minutes'],
    [86_399, 86_400, 'only 23.9 hours of the 24 hours'],
    [0.95, 1, 'only 0.9 seconds of the 1 second'],
  ])('never calls %d s of %d s by the same words', (observedSeconds, seconds, words) => {
    const summary = summaryOf({ requests: 900, connections: 100, observedSeconds });
    const [missing] = findMissing({ summary, server: 'nginx' }, { ...least, seconds });
    expect(missing).toContain(words);
  });
});

describe('describeBasis()', () => {
  const traffic = { requests: 200, connections: 60, reusedRequests: 140, observedSeconds: 7200 };

  test('counts the traffic', () => {
    expect(wordsOf(traffic)).toContain(
      '2 hours of traffic: 200 requests, 60 on a new connection and 140 on one already open',
    );
  });

  test('says which share of the requests is multiplexed, when it is over 2 %', () => {
    expect(wordsOf(traffic, { multiplexedRequests: 50 })).toContain('25 % of the requests');
    expect(wordsOf(traffic, { multiplexedRequests: 4 })).not.toContain('HTTP/2');
    expect(wordsOf(traffic, { multiplexedRequests: 5 })).toContain('3 % of the requests');
  });

  test('says that a log of less than a day may lack the busiest hour', () => {
    expect(wordsOf({ ...traffic, observedSeconds: 86_399 })).toContain('less than a day');
    expect(wordsOf({ ...traffic, observedSeconds: 86_400 })).not.toContain('less than a day');
  });

  test('mentions a clock that went back, holes and full tables only where there were any', () => {
    const calm = wordsOf(traffic);
    expect(calm).not.toMatch(/went back|without any line|tables were full|lines do not/);
    const { openConnections, addresses } = empty;
    const full = {
      ...traffic,
      openConnections: { ...openConnections, evicted: 3 },
      addresses: { ...addresses, evicted: 4 },
    };
    const quirks = { clockJumps: 2, holeSeconds: 7200, linesWithoutConnection: 1 };
    const words = wordsOf(full, quirks);
    expect(words).toContain('went back 2 times');
    expect(words).toContain('2 hours without any line');
    expect(words).toContain('7 connections and addresses');
    expect(words).toMatch(/\b1 lines do not/);
  });
});
