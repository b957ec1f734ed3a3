import { expect, test } from 'vitest';
import { busiestOf } from '../../src/derive/busiest-slots.ts';

const load = {
  timeoutSeconds: 5,
  busiest: { busy: 2, gap: 8, tail: 100 },
  busiestWithoutTails: 10,
  busiestHour: undefined,
  moments: [],
};
const share = (value: number) => ({ low: value, expected: value, high: value });

test('busiestOf() is known when all clients stay, or none does', () => {
  expect(busiestOf(load, share(1))).toEqual({ low: 110, expected: 110, high: 110 });
  expect(busiestOf(load, share(0))).toEqual({ low: 10, expected: 10, high: 10 });
});

test('busiestOf() adds a standard deviation where clients close by chance, up to whole tails', () => {
  expect(busiestOf(load, share(0.5))).toEqual({ low: 60, expected: 60, high: 65 });
  expect(busiestOf(load, share(0.99)).high).toBeCloseTo(109.99, 1);
  expect(busiestOf(load, share(0.9999)).high).toBeLessThanOrEqual(110);
});
