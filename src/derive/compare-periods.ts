import { present } from '../present.ts';
import type { Period } from '../snapshot/period.ts';
import { middleInterval, resample, widening } from './bootstrap.ts';
import { type ComparedFigure, comparedFigures } from './compared-figures.ts';
import { createRandom } from './seeded-random.ts';

export const verdicts = ['better', 'worse', 'more', 'less', 'no difference seen'] as const;
export type ComparisonVerdict = (typeof verdicts)[number];

export interface Difference {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly difference: number;
  /** Absent when there are too few samples for an interval. */
  readonly interval?: readonly [low: number, high: number];
  readonly verdict: ComparisonVerdict;
}

export interface ComparisonFinding {
  readonly kind: 'worse' | 'go_back_a_step' | 'sweet_spot' | 'other_load' | 'too_few_samples';
  readonly message: string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Names of figures that one of the periods lacks. */
  readonly missing: readonly string[];
  readonly findings: readonly ComparisonFinding[];
}

/**
 * Wide on purpose: with a dozen figures, 95 % intervals would report a difference in every other comparison of equal
 * periods.
 */
export const intervalShare = 0.99;

/** With fewer steps an interval shows chance rather than the server. */
export const fewestSteps = 10;

const resamplings = 1000;

export interface ComparedPeriods {
  readonly before: Period;
  readonly after: Period;
  readonly seed: number;
}

/** Each figure of both periods, the difference, and whether it is more than chance. */
export function comparePeriods(periods: ComparedPeriods): Comparison {
  const draws = drawDifferences(periods);
  const differences = comparedFigures.flatMap((figure) => {
    const difference = compareFigure(figure, { ...periods, draws: draws.get(figure.name) ?? [] });
    return difference === undefined ? [] : [difference];
  });
  const known = new Set(differences.map(({ name }) => name));
  const missing = comparedFigures.map(({ name }) => name).filter((name) => !known.has(name));
  return { differences, missing, findings: findingsOf(periods, differences) };
}

/** Each draw of both periods yields a difference of every figure. */
function drawDifferences({ before, after, seed }: ComparedPeriods) {
  const draws = new Map<string, number[]>(comparedFigures.map(({ name }) => [name, []]));
  if (hasFewSteps({ before, after })) return draws;
  const random = createRandom(seed);
  for (let i = 0; i < resamplings; i++) {
    const earlier = resample(before.steps, random);
    const later = resample(after.steps, random);
    for (const { name, read } of comparedFigures) {
      const [from, to] = [read(earlier, before), read(later, after)];
      if (from !== undefined && to !== undefined) draws.get(name)?.push(to - from);
    }
  }
  return draws;
}

function hasFewSteps({ before, after }: Pick<ComparedPeriods, 'before' | 'after'>): boolean {
  return Math.min(before.steps.length, after.steps.length) < fewestSteps;
}

function compareFigure(
  { name, better, read }: ComparedFigure,
  { before, after, draws }: ComparedPeriods & { readonly draws: readonly number[] },
): Difference | undefined {
  const [from, to] = [read(before.steps, before), read(after.steps, after)];
  if (from === undefined || to === undefined) return undefined;
  const factor = widening(Math.min(before.steps.length, after.steps.length));
  const interval = widen(middleInterval(draws, intervalShare), { around: to - from, factor });
  return {
    name,
    before: from,
    after: to,
    difference: to - from,
    ...present({ interval }),
    verdict: isRounding(from, to) ? 'no difference seen' : verdictOf(interval, better),
  };
}

function widen(
  interval: readonly [number, number] | undefined,
  { around, factor }: { readonly around: number; readonly factor: number },
): readonly [number, number] | undefined {
  if (interval === undefined) return undefined;
  const [low, high] = interval;
  return [around + (low - around) * factor, around + (high - around) * factor];
}

/** Means of equal values over different numbers of steps differ in the last digit. */
function isRounding(from: number, to: number): boolean {
  return Math.abs(to - from) <= 1e-9 * Math.max(Math.abs(from), Math.abs(to));
}

function verdictOf(
  interval: readonly [number, number] | undefined,
  better: ComparedFigure['better'],
): ComparisonVerdict {
  if (interval === undefined || (interval[0] <= 0 && interval[1] >= 0)) return 'no difference seen';
  const rose = interval[0] > 0;
  if (better === 'neither') return rose ? 'more' : 'less';
  return rose === (better === 'higher') ? 'better' : 'worse';
}

function findingsOf(
  periods: ComparedPeriods,
  differences: readonly Difference[],
): readonly ComparisonFinding[] {
  const verdict = (name: string) => differences.find((row) => row.name === name)?.verdict;
  const worse = differences.filter((row) => row.verdict === 'worse').map(({ name }) => name);
  const found: (ComparisonFinding | undefined)[] = [
    hasFewSteps(periods)
      ? {
          kind: 'too_few_samples',
          message: `a period has fewer than ${fewestSteps} samples: a difference cannot be distinguished from chance; compare longer periods, or set a shorter --step`,
        }
      : undefined,
    otherLoad(verdict('requestsPerSecond')),
    worse.length === 0 ? undefined : { kind: 'worse', message: `worse: ${titlesOf(worse)}` },
    verdict('abortedRatio') === 'worse' ? goBackAStep(periods) : undefined,
    isSweetSpot(verdict) ? sweetSpot : undefined,
  ];
  return found.filter((finding) => finding !== undefined);
}

function titlesOf(names: readonly string[]): string {
  return comparedFigures
    .filter(({ name }) => names.includes(name))
    .map(({ title }) => title)
    .join(', ');
}

function otherLoad(verdict: ComparisonVerdict | undefined): ComparisonFinding | undefined {
  if (verdict !== 'more' && verdict !== 'less') return undefined;
  return {
    kind: 'other_load',
    message: `there was ${verdict} load after than before: this may explain differences`,
  };
}

/** The rule of thumb: 408 and 499 rise when the keep-alive timeout was made too short. */
function goBackAStep({ before, after }: ComparedPeriods): ComparisonFinding | undefined {
  const [from, to] = [before.keepaliveTimeoutSeconds, after.keepaliveTimeoutSeconds];
  if (from === undefined || to === undefined) {
    return {
      kind: 'go_back_a_step',
      message: '408 and 499 rose: if the keep-alive timeout was made smaller, go back a step',
    };
  }
  if (to >= from) return undefined;
  return {
    kind: 'go_back_a_step',
    message: `408 and 499 rose after the keep-alive timeout went from ${from} s to ${to} s: go back a step`,
  };
}

const latencies = ['p50Seconds', 'p95Seconds', 'p99Seconds'];

/** The other rule of thumb: load is flat and latency is better. */
function isSweetSpot(verdict: (name: string) => ComparisonVerdict | undefined): boolean {
  const ofLatency = latencies.map(verdict);
  const same = verdict('requestsPerSecond') === 'no difference seen';
  const harmed = [...ofLatency, verdict('abortedRatio')].includes('worse');
  return same && ofLatency.includes('better') && !harmed;
}

const sweetSpot: ComparisonFinding = {
  kind: 'sweet_spot',
  message: 'load is flat and latency is better: keep this setting',
};
