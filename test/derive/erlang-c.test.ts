import { describe, expect, test } from 'vitest';
import { erlangC } from '../../src/derive/erlang-c.ts';
import { fewestSlots, largestLoad } from '../../src/derive/waiting-limits.ts';

/** The textbook form with powers and factorials, good for few servers only. */
function textbook(servers: number, load: number): number {
  let term = 1;
  let sum = 0;
  for (let n = 0; n < servers; n++) {
    sum += term;
    term = (term * load) / (n + 1);
  }
  const full = (term * servers) / (servers - load);
  return full / (sum + full);
}

describe('erlangC()', () => {
  test.each([
    [1, 0.3, 0.3],
    [2, 1, 1 / 3],
    [10, 8, 0.4092],
  ])('of %d servers under load %d is %d', (servers, load, wanted) => {
    expect(erlangC(servers, load)).toBeCloseTo(wanted, 4);
  });

  test('is the textbook form for few servers', () => {
    for (let servers = 1; servers <= 60; servers++) {
      for (const use of [0.01, 0.3, 0.7, 0.95, 0.999]) {
        const load = servers * use;
        expect(erlangC(servers, load)).toBeCloseTo(textbook(servers, load), 9);
      }
    }
  });

  test('stays a probability for a hundred thousand servers', () => {
    const values = [50_000, 99_000, 99_900, 99_999].map((load) => erlangC(100_000, load));
    expect(values).toEqual([...values].sort((a, b) => a - b));
    for (const value of values) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }
  });

  test('is 0 without visitors and 1 at and above full load', () => {
    expect([erlangC(5, 0), erlangC(5, 5), erlangC(5, 9), erlangC(0, 1)]).toEqual([0, 1, 1, 1]);
  });
});

describe('largestLoad() and fewestSlots()', () => {
  test.each([1, 10, 256, 4000])('find the edge at which 1 in 100 waits: %d slots', (slots) => {
    const load = largestLoad(slots, 0.01);
    expect(erlangC(slots, load)).toBeLessThan(0.01);
    expect(erlangC(slots, load * 1.001)).toBeGreaterThan(0.01);
    expect(fewestSlots(load, 0.01)).toBe(slots);
  });
});
