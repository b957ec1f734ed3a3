import { expect, test } from 'vitest';
import { createRandom } from '../../src/derive/seeded-random.ts';

const drawn = <T>(draw: () => T) => new Set(Array.from({ length: 500 }, draw));

test('between() draws every whole number, both ends included, and no other', () => {
  const random = createRandom(1);
  expect([...drawn(() => random.between(3, 6))].toSorted()).toEqual([3, 4, 5, 6]);
  expect([...drawn(() => random.between(7, 7))]).toEqual([7]);
});

test('pick() draws every choice, and no other', () => {
  const random = createRandom(1);
  expect([...drawn(() => random.pick(['a', 'b', 'c']))].toSorted()).toEqual(['a', 'b', 'c']);
});
