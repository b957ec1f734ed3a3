import { expect, test } from 'vitest';
import { burstAround, busiestOfFull, mayHaveBeenFull } from '../../src/derive/full-server.ts';

/** Probability that a Poisson number with that mean is no larger than the limit. */
function shareUpTo(limit: number, mean: number): number {
  let logTerm = -mean;
  let share = Math.exp(logTerm);
  for (let n = 1; n <= limit; n++) {
    logTerm += Math.log(mean / n);
    share += Math.exp(logTerm);
  }
  return share;
}

test('burstAround() is what 997 of 1,000 moments of visitors at random stay under', () => {
  for (const mean of [0.1, 0.5, 1, 2, 5, 10, 50, 200, 1000, 5000]) {
    expect(shareUpTo(burstAround(mean), mean), `mean ${mean}`).toBeGreaterThan(0.997);
  }
  expect(burstAround(0)).toBe(0);
});

test('mayHaveBeenFull() uses the log or the samples, and is never true for nginx', () => {
  const nearly = { idleCost: 'blocking', slotLimit: 100, busiestToday: 95 } as const;
  expect(mayHaveBeenFull({ ...nearly, busiestToday: 94 })).toBe(false);
  expect(mayHaveBeenFull(nearly)).toBe(true);
  expect(mayHaveBeenFull({ ...nearly, busiestToday: 10, fullSampleShare: 0.01 })).toBe(true);
  expect(mayHaveBeenFull({ ...nearly, idleCost: 'reclaimable' })).toBe(false);
  expect(mayHaveBeenFull({ ...nearly, slotLimit: undefined })).toBe(false);
  expect(mayHaveBeenFull({ ...nearly, busiestToday: undefined })).toBe(false);
});

const full = {
  slotLimit: 80,
  fullSeconds: 60,
  meanToday: 48,
  connectionsPerSecond: 12,
  mean: 28,
  logged: 50,
};

// As docs/tuning.md does it by hand.
test('busiestOfFull() is a burst around the mean that visitors want of a full server', () => {
  expect(busiestOfFull(full)).toBeCloseTo(82.2, 1);
  expect(busiestOfFull({ ...full, logged: 90 })).toBe(90);
  expect(busiestOfFull({ ...full, meanToday: 0 })).toBe(50);
});

test('busiestOfFull() adds no more visitors than the server accepts while it is full', () => {
  // A connection holds a slot for 4 s, so 80 slots accept 20 in a second.
  expect(busiestOfFull({ ...full, fullSeconds: 0.5 })).toBeCloseTo(60, 6);
  expect(busiestOfFull({ ...full, fullSeconds: 0 })).toBe(50);
});
