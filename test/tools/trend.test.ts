import { expect, test } from 'vitest';
import { fitTrend } from '../../tools/soak/trend.ts';

const points = (value: (seconds: number) => number) =>
  Array.from({ length: 300 }, (_, seconds) => ({ seconds, value: value(seconds) }));

test('fitTrend() fits a straight line without uncertainty', () => {
  const trend = fitTrend(points((seconds) => 5 + 2 * seconds));
  expect(trend?.slopePerMinute).toBeCloseTo(120);
  expect(trend?.uncertainty).toBeCloseTo(0);
});

test('fitTrend() is uncertain about a sawtooth without a slope', () => {
  const trend = fitTrend(points((seconds) => seconds % 40));
  expect(Math.abs(trend?.slopePerMinute ?? 99)).toBeLessThan(trend?.uncertainty ?? 0);
});

test('fitTrend() returns nothing for a run that is too short', () => {
  expect(fitTrend(points((seconds) => seconds).slice(0, 20))).toBeUndefined();
});
