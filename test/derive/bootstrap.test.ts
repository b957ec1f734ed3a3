import { expect, test } from 'vitest';
import { middleInterval, resample, widening } from '../../src/derive/bootstrap.ts';

/** Quantiles of Student's t at 99.5 % from any table, over 2.576. A block of a hundred items has ten. */
test.each([
  [100, 3.2498 / 2.576],
  [900, 2.7564 / 2.576],
])('widening(%i) is the ratio of Student to the normal distribution', (length, ratio) => {
  expect(Math.abs(widening(length) - ratio)).toBeLessThan(0.01);
});

test('resample() draws blocks of neighbours, of which the last one is followed by the first', () => {
  const random = {
    next: () => 0,
    between: () => 7,
    pick: <T>(choices: readonly [T, ...T[]]) => choices[0],
  };
  expect(resample([0, 1, 2, 3, 4, 5, 6, 7, 8], random)).toEqual([7, 8, 0, 7, 8, 0, 7, 8, 0]);
});

test('middleInterval() leaves as much out at either end', () => {
  const values = Array.from({ length: 101 }, (_, index) => 100 - index);
  expect(middleInterval(values, 0.9)).toEqual([5, 95]);
  expect(middleInterval([], 0.9)).toBeUndefined();
  expect(middleInterval([3], 0.9)).toEqual([3, 3]);
});
