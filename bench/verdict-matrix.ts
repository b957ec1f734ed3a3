import type { Truth } from '../test/support/fresh-visitors.ts';

/** One second of a run: the result for visitors, the verdict of the exporter, and the load. */
export interface Second {
  readonly truth: Truth;
  /** webserver_exhausted; undefined when the scrape had none. */
  readonly verdict: number | undefined;
  readonly goingOn: string;
}

export interface Matrix {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
  /** Negatives without any verdict. */
  readonly absent: number;
  /** Seconds left out: next to a change, or with mixed results for visitors. */
  readonly leftOut: number;
}

/** Consecutive seconds in which the verdict was wrong in the same way. */
export interface Disagreement {
  readonly atSecond: number;
  readonly seconds: number;
  readonly kind: 'false 0' | 'false 1' | 'absent';
  readonly goingOn: readonly string[];
}

/**
 * A second counts if it and both its neighbours have the same clear result. In the seconds around a change, a scrape and a
 * visit may correctly differ.
 */
export function judgeSeconds(seconds: readonly Second[]): Matrix {
  const counted = seconds.filter((_, index) => isSettled(seconds, index));
  const count = (truth: Truth, exhausted: boolean) =>
    counted.filter((second) => second.truth === truth && (second.verdict === 1) === exhausted)
      .length;
  return {
    truePositive: count('starving', true),
    falsePositive: count('served', true),
    trueNegative: count('served', false),
    falseNegative: count('starving', false),
    absent: counted.filter(({ verdict }) => verdict === undefined).length,
    leftOut: seconds.length - counted.length,
  };
}

export function addMatrices(matrices: readonly Matrix[]): Matrix {
  const sum = (field: keyof Matrix) => matrices.reduce((total, one) => total + one[field], 0);
  return {
    truePositive: sum('truePositive'),
    falsePositive: sum('falsePositive'),
    trueNegative: sum('trueNegative'),
    falseNegative: sum('falseNegative'),
    absent: sum('absent'),
    leftOut: sum('leftOut'),
  };
}

/** Share of the seconds with the verdict exhausted that were; undefined without such a verdict. */
export function precisionOf({ truePositive, falsePositive }: Matrix): number | undefined {
  return shareOf(truePositive, truePositive + falsePositive);
}

/** Share of the seconds without an answer for visitors that had the verdict exhausted; undefined without such seconds. */
export function recallOf({ truePositive, falseNegative }: Matrix): number | undefined {
  return shareOf(truePositive, truePositive + falseNegative);
}

/** Longest first. */
export function disagreementsIn(seconds: readonly Second[]): readonly Disagreement[] {
  const found: Disagreement[] = [];
  for (const [atSecond, second] of seconds.entries()) {
    const kind = isSettled(seconds, atSecond) ? errorOf(second) : undefined;
    if (kind === undefined) continue;
    const last = found.at(-1);
    if (last?.kind === kind && last.atSecond + last.seconds === atSecond) {
      const goingOn = [...new Set([...last.goingOn, second.goingOn])];
      found[found.length - 1] = { ...last, seconds: last.seconds + 1, goingOn };
    } else found.push({ atSecond, seconds: 1, kind, goingOn: [second.goingOn] });
  }
  return found.sort((a, b) => b.seconds - a.seconds);
}

function isSettled(seconds: readonly Second[], index: number): boolean {
  const truth = seconds[index]?.truth;
  if (truth !== 'served' && truth !== 'starving') return false;
  return [seconds[index - 1], seconds[index + 1]].every(
    (beside) => beside === undefined || beside.truth === truth,
  );
}

function errorOf({ truth, verdict }: Second): Disagreement['kind'] | undefined {
  if (truth === 'served') return verdict === 1 ? 'false 1' : undefined;
  if (verdict === undefined) return 'absent';
  return verdict === 1 ? undefined : 'false 0';
}

function shareOf(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}
