import { expect, test } from 'vitest';
import { comparedFigures } from '../../src/derive/compared-figures.ts';
import type { Period, PeriodStep } from '../../src/snapshot/period.ts';

const steps: readonly PeriodStep[] = [
  { requests: 60, responses: 60, abortedResponses: 6, newConnections: 15, heldSlots: 4 },
  { requests: 120, responses: 120, abortedResponses: 0, newConnections: 30, heldSlots: 8 },
  { durations: [1, 2, 0] },
  { durations: [1, 0, 0] },
];
const period: Period = {
  startSeconds: 0,
  endSeconds: 240,
  stepSeconds: 60,
  steps,
  durationBounds: [0.1, 1],
};

function read(name: string, of: readonly PeriodStep[] = steps): number | undefined {
  return comparedFigures.find((figure) => figure.name === name)?.read(of, period);
}

test('a figure is the mean of the steps that have it', () => {
  expect(read('heldSlots')).toBe(6);
  expect(read('requestsPerSecond')).toBe(1.5);
  expect(read('newConnectionsPerSecond')).toBe(0.375);
  expect(read('idleSlots')).toBeUndefined();
});

test('a share is of the sums, not of the steps', () => {
  expect(read('abortedRatio')).toBeCloseTo(6 / 180);
  expect(read('reuseRatio')).toBeCloseTo(0.75);
  expect(read('abortedRatio', [])).toBeUndefined();
});

test('more connections than requests are no reuse, not a negative one', () => {
  expect(read('reuseRatio', [{ requests: 2, newConnections: 5 }])).toBe(0);
});

test('a quantile is of the durations of all steps', () => {
  expect(read('p50Seconds')).toBeCloseTo(0.1);
  expect(read('p95Seconds')).toBeGreaterThan(0.8);
  expect(read('p95Seconds')).toBeLessThanOrEqual(1);
});
