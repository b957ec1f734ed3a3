import { describe, expect, test } from 'vitest';
import { createRandom } from '../../bench/seeded-random.ts';
import { loadKinds, planLoad, verdictServers } from '../../bench/verdict-plan.ts';

describe('planLoad()', () => {
  test('makes the same plan of the same seed, and another of another', () => {
    const plan = (seed: number) => planLoad({ server: 'worker', seed, seconds: 120 });
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });

  test('makes one plan for each server', () => {
    const plans = verdictServers.map((server) =>
      JSON.stringify(planLoad({ server, seed: 1, seconds: 60 })),
    );
    expect(new Set(plans).size).toBe(verdictServers.length);
  });

  test.each(verdictServers)('meets every kind of load on %s in three minutes', (server) => {
    for (const seed of [1, 2, 3]) {
      const phases = planLoad({ server, seed, seconds: 180 }).flatMap((episode) => episode.phases);
      expect(new Set(phases.map(({ kind }) => kind))).toEqual(new Set(loadKinds));
    }
  });

  test.each([10, 30, 60, 95])('fills %i seconds, one phase after the other', (seconds) => {
    for (const server of verdictServers) {
      const episodes = planLoad({ server, seed: 5, seconds });
      expect(episodes.reduce((sum, episode) => sum + episode.seconds, 0)).toBe(seconds);
      for (const episode of episodes) {
        let free = 0;
        for (const phase of episode.phases) {
          expect(phase.atSecond).toBeGreaterThanOrEqual(free);
          free = phase.atSecond + phase.seconds;
        }
        expect(free).toBeLessThanOrEqual(episode.seconds);
        expect(episode.slots).toBeGreaterThan(0);
      }
    }
  });
});

describe('createRandom()', () => {
  test('keeps within its bounds, and reaches both ends', () => {
    const random = createRandom(42);
    const seen = new Set(Array.from({ length: 200 }, () => random.between(2, 5)));
    expect([...seen].sort()).toEqual([2, 3, 4, 5]);
  });
});
