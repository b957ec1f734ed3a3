import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addIdleTime, createIdleTimes, idleBounds } from '../../src/derive/idle-classes.ts';
import { slotBin, slotBinCount, slotsOfBin } from '../../src/derive/slot-bins.ts';

test('the bounds of idle times rise from 10 ms to five minutes, ten to a decade', () => {
  expect(idleBounds).toEqual(idleBounds.toSorted((a, b) => a - b));
  expect(idleBounds[0]).toBe(0.01);
  expect(idleBounds.at(-1)).toBe(300);
  expect(idleBounds).toContain(1);
  expect(idleBounds).toContain(10);
});

test('addIdleTime() finds the bucket and the class that a search would find', () => {
  const timeouts = [0, 0.5, 1, 5];
  const any = fc.oneof(
    fc.double({ min: 0, max: 400, noNaN: true }),
    fc.constantFrom(0, ...idleBounds, 1e-9, 1e6),
  );
  fc.assert(
    fc.property(any, (idle) => {
      const times = createIdleTimes(timeouts);
      const idleClass = addIdleTime(times, idle);
      const over = timeouts.findIndex((timeout) => idle <= timeout + 1e-6);
      expect(idleClass).toBe(over === -1 ? timeouts.length : over);
      const bucket = idleBounds.findIndex((bound) => idle <= bound);
      expect(times.histogram.counts.indexOf(1)).toBe(bucket === -1 ? idleBounds.length : bucket);
      expect(times.histogram.sum).toBe(idle);
    }),
    { numRuns: 2000 },
  );
});

test('slots fall into bins that are exact up to 64 and 2 % wide above', () => {
  for (let slots = 0; slots <= 64; slots++) expect(slotsOfBin(slotBin(slots))).toBe(slots);
  for (const slots of [65, 100, 1000, 99_999]) {
    const upper = slotsOfBin(slotBin(slots));
    expect(upper / slots).toBeGreaterThan(1 - 1e-9);
    expect(upper / slots).toBeLessThan(1.02 + 1e-9);
  }
  expect(slotBin(1e12)).toBe(slotBinCount - 1);
  expect(slotBin(-1)).toBe(0);
});
