import { describe, expect, test } from 'vitest';
import { middleInterval, resample } from '../../src/derive/bootstrap.ts';
import { bucketQuantile } from '../../src/derive/bucket-quantile.ts';
import { comparePeriods } from '../../src/derive/compare-periods.ts';
import { createRandom } from '../../src/derive/seeded-random.ts';
import type { Period, PeriodStep } from '../../src/snapshot/period.ts';

interface Variation {
  readonly seed?: number;
  readonly steps?: number;
  readonly timeout?: number | undefined;
  /** How much of a step's deviation goes on in the next. */
  readonly memory?: number;
}

/** Steps around the given one; each figure moves by a tenth, as traffic does. */
function period(step: PeriodStep, variation: Variation = {}): Period {
  const { seed = 1, steps = 60, timeout, memory = 0 } = variation;
  const random = createRandom(seed);
  const deviations = new Map<string, number>();
  const moved = (value: number, name: string): number => {
    const deviation = memory * (deviations.get(name) ?? 0) + 0.2 * (random.next() - 0.5);
    deviations.set(name, deviation);
    return value * (1 + deviation);
  };
  const vary = (): PeriodStep =>
    Object.fromEntries(
      Object.entries(step).map(([name, value]) => [
        name,
        Array.isArray(value)
          ? value.map((count, i) => moved(count, `${name}${i}`))
          : moved(Number(value), name),
      ]),
    );
  return {
    startSeconds: 0,
    endSeconds: steps * 60,
    stepSeconds: 60,
    steps: Array.from({ length: steps }, vary),
    durationBounds: [0.1, 0.5, 1],
    ...(timeout === undefined ? {} : { keepaliveTimeoutSeconds: timeout }),
  };
}

const usual: PeriodStep = {
  heldSlots: 40,
  idleSlots: 30,
  saturationRatio: 0.6,
  memoryBytes: 1e9,
  requests: 600,
  newConnections: 200,
  responses: 600,
  abortedResponses: 3,
  durations: [500, 90, 8, 2],
};

function compare(after: PeriodStep, timeouts: readonly [number?, number?] = []) {
  const [from, to] = timeouts;
  return comparePeriods({
    before: period(usual, { seed: 1, timeout: from }),
    after: period(after, { seed: 2, timeout: to }),
    seed: 7,
  });
}

function verdictsOf(comparison: ReturnType<typeof compare>) {
  return Object.fromEntries(comparison.differences.map(({ name, verdict }) => [name, verdict]));
}

describe('comparePeriods()', () => {
  test('sees no difference between two periods of the same traffic', () => {
    const comparison = compare(usual);
    expect(new Set(Object.values(verdictsOf(comparison)))).toEqual(new Set(['no difference seen']));
    expect(comparison.findings).toEqual([]);
    expect(comparison.missing).toEqual(['exhaustedRatio']);
  });

  test('seldom finds a difference between equal periods, even when each minute resembles the one before', () => {
    let different = 0;
    for (let seed = 1; seed <= 15; seed++) {
      const { differences } = comparePeriods({
        before: period(usual, { seed: seed * 2, memory: 0.7 }),
        after: period(usual, { seed: seed * 2 + 1, memory: 0.7 }),
        seed,
      });
      different += differences.filter(({ verdict }) => verdict !== 'no difference seen').length;
    }
    // Of 15 x 11 figures.
    expect(different).toBeLessThanOrEqual(6);
  });

  test('says better and worse by the figure: fewer slots, less reuse', () => {
    const verdicts = verdictsOf(compare({ ...usual, heldSlots: 20, newConnections: 300 }));
    expect(verdicts).toMatchObject({
      heldSlots: 'better',
      reuseRatio: 'worse',
      newConnectionsPerSecond: 'worse',
      saturationRatio: 'no difference seen',
      requestsPerSecond: 'no difference seen',
    });
  });

  test('returns the difference with an interval around it', () => {
    const { differences } = compare({ ...usual, heldSlots: 20 });
    const held = differences.find(({ name }) => name === 'heldSlots');
    const [low = 0, high = 0] = held?.interval ?? [];
    expect(held?.difference).toBeCloseTo(-20, 0);
    expect(low).toBeLessThan(held?.difference ?? 0);
    expect(high).toBeGreaterThan(held?.difference ?? 0);
    expect(high).toBeLessThan(-18);
  });

  test('reuse is the share of requests that did not open a connection', () => {
    const reuse = compare(usual).differences.find(({ name }) => name === 'reuseRatio');
    expect(reuse?.before).toBeCloseTo(2 / 3, 1);
  });

  test('the same seed gives the same intervals', () => {
    expect(compare(usual)).toEqual(compare(usual));
  });

  test('says that load differs instead of calling it better or worse', () => {
    const comparison = compare({ ...usual, requests: 900 });
    expect(verdictsOf(comparison)['requestsPerSecond']).toBe('more');
    expect(comparison.findings[0]).toMatchObject({ kind: 'other_load' });
  });

  test('408 and 499 that jump after a smaller window say: go back a step', () => {
    const { findings } = compare({ ...usual, abortedResponses: 12 }, [5, 2]);
    expect(findings.map(({ kind }) => kind)).toEqual(['worse', 'go_back_a_step']);
    expect(findings[1]?.message).toBe(
      '408 and 499 rose after the keep-alive timeout went from 5 s to 2 s: go back a step',
    );
  });

  test('the rule has an if where the timeouts are not known, and is silent after a larger window', () => {
    const jump = { ...usual, abortedResponses: 12 };
    expect(compare(jump).findings.at(-1)?.message).toContain(
      'if the keep-alive timeout was made smaller',
    );
    expect(compare(jump, [2, 5]).findings.map(({ kind }) => kind)).toEqual(['worse']);
  });

  test('flat load with better latency is the sweet spot', () => {
    const { findings } = compare({ ...usual, durations: [590, 9, 1, 0] });
    expect(findings.map(({ kind }) => kind)).toEqual(['sweet_spot']);
  });

  test('with few samples there is a difference but no word about it', () => {
    const { differences, findings } = comparePeriods({
      before: period(usual, { steps: 9 }),
      after: period({ ...usual, heldSlots: 1 }),
      seed: 1,
    });
    expect(differences[1]).toMatchObject({ name: 'heldSlots', verdict: 'no difference seen' });
    expect(differences[1]).not.toHaveProperty('interval');
    expect(findings.map(({ kind }) => kind)).toEqual(['too_few_samples']);
    expect(findings[0]?.message).toMatch(/; compare longer periods, or set a shorter --step$/);
  });

  test('the rounding of a mean is not a difference', () => {
    const constant = (steps: number): Period => ({
      ...period({}, { steps }),
      steps: Array.from({ length: steps }, () => ({ saturationRatio: 0.1 })),
    });
    const { differences } = comparePeriods({ before: constant(60), after: constant(47), seed: 1 });
    expect(differences[0]?.verdict).toBe('no difference seen');
  });

  test('empty periods have nothing to compare', () => {
    const nothing = { ...period(usual), steps: [] };
    const { differences, missing } = comparePeriods({ before: nothing, after: nothing, seed: 1 });
    expect(differences).toEqual([]);
    expect(missing).toHaveLength(12);
  });
});

describe('bucketQuantile()', () => {
  test.each([
    [0.5, [10, 0, 0, 0], 0.05],
    [0.5, [5, 5, 0, 0], 0.1],
    [0.75, [8, 8, 0, 0], 0.3],
    [0.99, [0, 0, 0, 4], 1],
    [0.5, [0, 0, 0, 0], undefined],
  ])('the %d quantile of %j is %s', (quantile, counts, wanted) => {
    const value = bucketQuantile(quantile, [0.1, 0.5, 1], counts);
    expect(value).toEqual(wanted === undefined ? undefined : expect.closeTo(wanted, 9));
  });
});

test('resample() draws neighbours together, as many as there were', () => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  const drawn = resample(items, createRandom(3));
  expect(drawn).toHaveLength(100);
  const neighbours = drawn.filter((item, i) => (item + 1) % 100 === drawn[i + 1]).length;
  expect(neighbours).toBeGreaterThanOrEqual(90);
});

test('middleInterval() leaves out the same share on both sides', () => {
  const values = Array.from({ length: 1001 }, (_, i) => i).reverse();
  expect(middleInterval(values, 0.99)).toEqual([5, 995]);
  expect(middleInterval([], 0.99)).toBeUndefined();
});
