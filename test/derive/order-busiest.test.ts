import { describe, expect, test } from 'vitest';
import { orderBusiest } from '../../src/derive/order-busiest.ts';

function order(
  ranges: readonly (readonly [low: number, expected: number, high: number])[],
  today: number,
) {
  const held = ranges.map(([low, expected, high]) => ({ busiest: { low, expected, high } }));
  return orderBusiest(held, today).map(({ busiest }) => [
    busiest.low,
    busiest.expected,
    busiest.high,
  ]);
}

describe('orderBusiest()', () => {
  test('a shorter timeout takes no more than today’s', () => {
    expect(
      order(
        [
          [1, 1, 1],
          [2, 8, 9],
          [3, 4, 5],
        ],
        2,
      ),
    ).toEqual([
      [1, 1, 1],
      [2, 4, 5],
      [3, 4, 5],
    ]);
  });

  test('a longer timeout takes no less than a shorter one; its high figure stays', () => {
    expect(
      order(
        [
          [4, 5, 6],
          [3, 4, 5],
          [2, 9, 20],
        ],
        0,
      ),
    ).toEqual([
      [4, 5, 6],
      [4, 5, 5],
      [4, 9, 20],
    ]);
  });

  test('without today’s timeout only the low figures are ordered', () => {
    expect(
      order(
        [
          [4, 5, 6],
          [3, 4, 9],
        ],
        -1,
      ),
    ).toEqual([
      [4, 5, 6],
      [4, 5, 9],
    ]);
  });

  test('what does not contradict itself stays as it is', () => {
    const ranges = [
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 5],
      [4, 5, 6],
    ] as const;
    for (const today of [-1, 0, 1, 2, 3]) expect(order(ranges, today)).toEqual(ranges);
  });
});
