import { expect, test } from 'vitest';
import { boundReclaim, isLeftToIdle } from '../../src/derive/reclaimed-reuse.ts';
import type { TimeoutPrediction } from '../../src/snapshot/prediction.ts';
import { exactly, predictionOf } from '../support/predictions.ts';

/** An nginx whose idle clients at this timeout take as many of its slots. */
function prediction(timeoutSeconds: number, busiestSlots: number): TimeoutPrediction {
  return predictionOf({
    timeoutSeconds,
    reuseRatio: timeoutSeconds / 100,
    busiestSlots,
    connectionsPerSecond: exactly(100 - timeoutSeconds),
    handshakesSavedPerSecond: exactly(timeoutSeconds),
    meanIdleSlots: exactly(timeoutSeconds * 2),
    busyHourIdleSlots: exactly(timeoutSeconds * 3),
  });
}

test('isLeftToIdle(): nginx closes nothing while 13 of 16 slots are in use', () => {
  expect(isLeftToIdle(13, 16)).toBe(true);
  expect(isLeftToIdle(14, 16)).toBe(false);
  expect(isLeftToIdle(undefined, 16)).toBe(false);
});

test('boundReclaim() leaves predictions under which nginx reclaims nothing as they are', () => {
  const safe = [prediction(2, 8), prediction(5, 13)];
  expect(boundReclaim(safe, 16)).toEqual(safe);
});

test('boundReclaim() takes the low figures of the largest timeout under which nothing is reclaimed', () => {
  const [, , far] = boundReclaim([prediction(2, 8), prediction(5, 13), prediction(60, 16)], 16);
  expect(far).toMatchObject({
    timeoutSeconds: 60,
    reuseRatio: { low: 0.05, expected: 0.6, high: 0.6 },
    handshakesSavedPerSecond: { low: 5, expected: 60 },
    connectionsPerSecond: { low: 40, expected: 40, high: 95 },
    meanIdleSlots: { low: 10, expected: 120 },
    busyHourIdleSlots: { low: 15, expected: 180 },
  });
});

test('boundReclaim() promises no reuse when nginx reclaims connections under every timeout', () => {
  const [only] = boundReclaim([prediction(60, 16)], 16);
  expect(only).toMatchObject({
    reuseRatio: { low: 0, expected: 0.6 },
    handshakesSavedPerSecond: { low: 0 },
    // 40 connections begin and 60 handshakes are saved: 100 requests.
    connectionsPerSecond: { low: 40, high: 100 },
    meanIdleSlots: { low: 0 },
    busyHourIdleSlots: { low: 0 },
  });
});
