import { describe, expect, test } from 'vitest';
import {
  addMatrices,
  disagreementsIn,
  judgeSeconds,
  precisionOf,
  recallOf,
  type Second,
} from '../../bench/verdict-matrix.ts';

/** Two letters a second: + served, - starving, ~ mixed, ? nobody asked; then the verdict 1, 0 or _ for none. */
function secondsOf(text: string): readonly Second[] {
  const truths = { '+': 'served', '-': 'starving', '~': 'mixed', '?': 'unknown' } as const;
  return text.split(' ').map((pair, index) => ({
    truth: truths[pair[0] as keyof typeof truths],
    verdict: pair[1] === '_' ? undefined : Number(pair[1]),
    goingOn: index < 4 ? 'calm' : 'flood',
  }));
}

const nothing = {
  truePositive: 0,
  falsePositive: 0,
  trueNegative: 0,
  falseNegative: 0,
  absent: 0,
  leftOut: 0,
};

describe('judgeSeconds()', () => {
  test.each([
    ['+0 +0 +1', { trueNegative: 2, falsePositive: 1 }],
    ['-1 -1 -0 -_', { truePositive: 2, falseNegative: 2, absent: 1 }],
    ['+_ +0', { trueNegative: 2, absent: 1 }],
    ['+0 +0 -0 -1 -1', { trueNegative: 1, truePositive: 2, leftOut: 2 }],
    ['+0 +0 ~1 -1 -1', { trueNegative: 1, truePositive: 1, leftOut: 3 }],
    ['+0 ?1 ~0', { leftOut: 3 }],
    ['-1', { truePositive: 1 }],
  ])('of %s counts each settled second once', (text, counts) => {
    expect(judgeSeconds(secondsOf(text))).toEqual({ ...nothing, ...counts });
  });

  test('of no second counts nothing', () => {
    expect(judgeSeconds([])).toEqual(nothing);
  });
});

describe('precisionOf() and recallOf()', () => {
  test('are shares of what was called, and of what was so', () => {
    const matrix = { ...nothing, truePositive: 9, falsePositive: 1, falseNegative: 3 };
    expect(precisionOf(matrix)).toBe(0.9);
    expect(recallOf(matrix)).toBe(0.75);
  });

  test('are not known without a positive', () => {
    expect(precisionOf({ ...nothing, trueNegative: 5 })).toBeUndefined();
    expect(recallOf({ ...nothing, trueNegative: 5 })).toBeUndefined();
  });
});

test('addMatrices() adds field by field', () => {
  const one = { ...nothing, truePositive: 2, leftOut: 1 };
  const other = { ...nothing, truePositive: 3, absent: 4 };
  expect(addMatrices([one, other])).toEqual({ ...nothing, truePositive: 5, absent: 4, leftOut: 1 });
  expect(addMatrices([])).toEqual(nothing);
});

describe('disagreementsIn()', () => {
  test('joins seconds that are wrong in the same way, longest first, with what was going on', () => {
    const seconds = secondsOf('+0 +1 +0 +0 -0 -0 -0 -0 -1 -_');
    expect(disagreementsIn(seconds)).toEqual([
      { atSecond: 5, seconds: 3, kind: 'false 0', goingOn: ['flood'] },
      { atSecond: 1, seconds: 1, kind: 'false 1', goingOn: ['calm'] },
      { atSecond: 9, seconds: 1, kind: 'absent', goingOn: ['flood'] },
    ]);
  });

  test('leaves out the seconds around a change', () => {
    expect(disagreementsIn(secondsOf('+0 +1 -0 -1 -1'))).toEqual([]);
  });
});
