import { describe, expect, test } from 'vitest';
import { deriveStartTime } from '../../src/derive/start-time.ts';
import type { ApacheStatus } from '../../src/snapshot/apache-status.ts';

const started = Date.UTC(2026, 10, 20, 10, 0, 0) / 1000;

function startTime(restartTime: string | undefined, uptimeSeconds: number, now: number) {
  const status = {
    uptimeSeconds,
    ...(restartTime === undefined ? {} : { restartTime }),
  } as ApacheStatus;
  return deriveStartTime(status, now);
}

describe('deriveStartTime()', () => {
  test.each([
    ['Friday, 20-Nov-2026 10:00:00 UTC'],
    ['Friday, 20-Nov-2026 11:00:00 CET'],
    ['Friday, 20-Nov-2026 15:45:00 +0545'],
    ['Friday, 20-Nov-2026 01:00:00 AKST'],
  ])('is exact in whatever zone the server prints: %s', (restartTime) => {
    expect(startTime(restartTime, 3610, started + 3610.9)).toBe(started);
  });

  test('is exact to the second', () => {
    const restartTime = 'Friday, 20-Nov-2026 09:58:47 UTC';
    expect(startTime(restartTime, 3610, started - 73 + 3610.9)).toBe(started - 73);
  });

  test.each(['Friday, 20-Abc-2026 09:58:47 UTC', 'yesterday'])(
    'without a RestartTime that can be read (%s) is now minus uptime',
    (restartTime) => {
      expect(startTime(restartTime, 3610, started - 73 + 3610.4)).toBe(started - 73);
    },
  );

  test('is right in January, the first of the months', () => {
    const january = Date.UTC(2026, 0, 5, 10, 0, 1) / 1000;
    expect(startTime('Monday, 05-Jan-2026 10:00:01 UTC', 60, january + 60.7)).toBe(january);
  });

  test('A12 does not change with the second in which the scrape happens', () => {
    const at = (offset: number) =>
      startTime('Friday, 20-Nov-2026 10:00:00 UTC', Math.floor(offset), started + offset);
    expect([at(10.01), at(10.99), at(11.2)]).toEqual([started, started, started]);
  });

  test('without RestartTime is now minus uptime', () => {
    expect(startTime(undefined, 3610, started + 3610.4)).toBe(started);
  });

  test('without an uptime is absent', () => {
    expect(deriveStartTime({} as ApacheStatus, started)).toBeUndefined();
  });

  test.each([undefined, 'Friday, 20-Nov-2026 10:00:00 UTC', 'Friday, 20-Nov-0000 10:00:00 UTC'])(
    'is never negative, with RestartTime %s',
    (restartTime) => {
      expect(startTime(restartTime, 1e20, started)).toBeUndefined();
      expect(startTime(restartTime, started, started)).toBeGreaterThanOrEqual(0);
    },
  );
});
