import { highestOccupancy } from '../../src/derive/keepalive-model.ts';
import { planVisits, type Visit } from './timed-visitors.ts';

/** Visitors who fill a prefork of 150 workers now and then under a timeout of 5 s, long enough to judge 7 s by. */
export const fullNowAndThen = { slots: 150, timeoutSeconds: 5 };

export function planFullNowAndThen(seed: number): readonly Visit[] {
  return planVisits({
    seed,
    seconds: 22,
    visitsPerSecond: 30,
    meanRequests: 4,
    medianGapSeconds: 0.3,
    sigma: 1.1,
    longestGapSeconds: 6,
    closingShare: 0.2,
  });
}

/** Among them is every timeout that the advice may choose, up to 7 s. */
export const triedTimeouts = [0, 0.25, 0.5, 1, 1.5, 2, 3, 5, 7] as const;

export interface TriedTimeout {
  readonly timeoutSeconds: number;
  readonly maxHeld: number;
  readonly reuseRatio: number;
}

export function fitsMeasured({ maxHeld }: TriedTimeout, slots: number, spare = 0): boolean {
  return maxHeld <= highestOccupancy * slots - spare;
}

/**
 * The timeouts that are better than the advised one by the rule of docs/tuning.md: a timeout that fits is better than
 * one that does not; of those that fit, more reuse is better, up to 95 % of the most.
 *
 * @param error slots by which a measured maximum may be wrong; within it a timeout counts as the advice needs it
 */
export function betterThan(
  advisedSeconds: number,
  tried: readonly TriedTimeout[],
  { slots, error }: { readonly slots: number; readonly error: number },
): readonly number[] {
  const enough = 0.95 * Math.max(...tried.map(({ reuseRatio }) => reuseRatio));
  const worth = (one: TriedTimeout, spare: number) =>
    fitsMeasured(one, slots, spare) ? Math.min(one.reuseRatio, enough) : -1;
  const own = tried.find(({ timeoutSeconds }) => timeoutSeconds === advisedSeconds);
  if (own === undefined) throw new Error(`${advisedSeconds} s is advised, and was not tried`);
  return tried
    .filter((one) => one !== own && worth(one, error) > worth(own, -error))
    .map(({ timeoutSeconds }) => timeoutSeconds);
}
