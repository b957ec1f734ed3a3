import { expect, test } from 'vitest';
import { lastChange } from '../../src/derive/last-change.ts';

const start = 1_795_230_000;

test.each<readonly [string, readonly (readonly [number, number])[], number | undefined]>([
  ['no reading', [], undefined],
  ['one reading', [[10, 1]], undefined],
  [
    'the same value',
    [
      [10, 1],
      [20, 1],
    ],
    undefined,
  ],
  [
    'a change at the second reading',
    [
      [10, 1],
      [20, 2],
    ],
    20,
  ],
  [
    'a change of a value that falls',
    [
      [10, 2],
      [20, 1],
      [30, 1],
    ],
    20,
  ],
  [
    'the last of two changes',
    [
      [10, 1],
      [20, 2],
      [30, 3],
      [40, 3],
    ],
    30,
  ],
  [
    'readings in another order',
    [
      [30, 2],
      [20, 2],
      [10, 1],
    ],
    20,
  ],
  [
    'a start time that jitters by two seconds',
    [
      [10, start],
      [20, start + 2],
    ],
    undefined,
  ],
  [
    'a start time that is three seconds later',
    [
      [10, start],
      [20, start + 3],
    ],
    20,
  ],
  [
    'a start time that is three seconds earlier',
    [
      [10, start + 3],
      [20, start],
    ],
    20,
  ],
])('lastChange() with %s', (_, readings, expected) => {
  expect(lastChange(new Map(readings))).toBe(expected);
});
