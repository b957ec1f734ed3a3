import type { IdleSeconds } from '../snapshot/connections.ts';

/** Upper bounds in seconds: around the keep-alive timeouts that servers have by default. */
export const idleSecondsBounds = [0.5, 1, 2, 3, 5, 7, 10, 15, 30, 60, 75, 120, 300] as const;

export const noIdleSeconds: IdleSeconds = {
  buckets: idleSecondsBounds.map(() => 0),
  sum: 0,
  count: 0,
};

export function buildIdleSeconds(ages: readonly number[]): IdleSeconds {
  return {
    buckets: idleSecondsBounds.map((bound) => ages.filter((age) => age <= bound).length),
    sum: ages.reduce((sum, age) => sum + age, 0),
    count: ages.length,
  };
}

export function addIdleSeconds(a: IdleSeconds, b: IdleSeconds): IdleSeconds {
  return {
    buckets: a.buckets.map((count, index) => count + (b.buckets[index] ?? 0)),
    sum: a.sum + b.sum,
    count: a.count + b.count,
  };
}
