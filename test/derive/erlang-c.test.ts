import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadForSlots, slotsForLoad, waitProbability } from '../../src/derive/erlang-c.ts';

describe('waitProbability()', () => {
  // One slot: all who come while it is taken wait, which is its load. Two slots: a^2 / (2 + a), by hand.
  test.each([
    [1, 0.3, 0.3],
    [2, 1, 1 / 3],
    [2, 0.5, 0.1],
    // Of the published Erlang C tables.
    [5, 3, 0.2362],
    [10, 7, 0.2217],
    [100, 90, 0.2169],
  ])('%i slots under %f erlangs make a share of %f wait', (slots, load, share) => {
    expect(waitProbability(slots, load)).toBeCloseTo(share, 4);
  });

  test('a load of all slots or more makes everybody wait; no load makes nobody wait', () => {
    expect(waitProbability(8, 8)).toBe(1);
    expect(waitProbability(8, 20)).toBe(1);
    expect(waitProbability(0, 1)).toBe(1);
    expect(waitProbability(8, 0)).toBe(0);
  });

  test('is stable for a hundred thousand slots', () => {
    const wait = waitProbability(100_000, 99_500);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThan(0.2);
    expect(waitProbability(100_000, 50_000)).toBeCloseTo(0, 12);
  });

  test('is a share, grows with the load and falls with slots', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.01, max: 0.98, noNaN: true }),
        (n, rho) => {
          const wait = waitProbability(n, n * rho);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(1);
          expect(waitProbability(n, n * rho * 1.01)).toBeGreaterThanOrEqual(wait);
          expect(waitProbability(n + 1, n * rho)).toBeLessThanOrEqual(wait);
        },
      ),
    );
  });
});

test('slotsForLoad() returns the fewest slots with which the wait is short enough', () => {
  for (const load of [0.2, 3, 36, 250, 1050]) {
    const slots = slotsForLoad(load, 0.01);
    expect(waitProbability(slots, load)).toBeLessThanOrEqual(0.01);
    expect(waitProbability(slots - 1, load)).toBeGreaterThan(0.01);
  }
  expect(slotsForLoad(0, 0.01)).toBe(0);
});

test('loadForSlots() returns the largest load with which the wait is short enough', () => {
  for (const slots of [1, 8, 256, 4000]) {
    const load = loadForSlots(slots, 0.01);
    expect(load).toBeLessThan(slots);
    expect(waitProbability(slots, load)).toBeLessThanOrEqual(0.01);
    expect(waitProbability(slots, load * 1.001 + 1e-6)).toBeGreaterThan(0.01);
  }
});
