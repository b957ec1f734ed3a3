import { expect, test } from 'vitest';
import { burstAround, mayHaveBeenFull } from '../../src/derive/full-server.ts';

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

const load = (held: number) => ({
  timeoutSeconds: 5,
  busiest: { busy: 1, gap: 2, tail: held - 3 },
  busiestWithoutTails: 3,
  busiestHour: undefined,
  moments: [],
});
const asked = (held: number) => ({
  idleCost: 'blocking' as const,
  slotLimit: 100,
  todaySeconds: 5,
  loads: [load(held)],
});

test('mayHaveBeenFull() is told by the log or by the samples, never of nginx', () => {
  expect(mayHaveBeenFull(asked(94))).toBe(false);
  expect(mayHaveBeenFull(asked(95))).toBe(true);
  expect(mayHaveBeenFull({ ...asked(10), fullSampleShare: 0.01 })).toBe(true);
  expect(mayHaveBeenFull({ ...asked(95), idleCost: 'reclaimable' })).toBe(false);
  expect(mayHaveBeenFull({ ...asked(95), slotLimit: undefined })).toBe(false);
  expect(mayHaveBeenFull({ ...asked(95), todaySeconds: undefined })).toBe(false);
});
