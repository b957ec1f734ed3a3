import { present } from '../present.ts';
import type { Period, PeriodStep } from '../snapshot/period.ts';
import type { GaugeName } from './period-queries.ts';

/** Value by Unix time in seconds. */
type Values = ReadonlyMap<number, number>;

export interface PeriodSeries {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
  readonly gauges: Readonly<Partial<Record<GaugeName, Values>>>;
  /** Cumulative counts by upper bound, `+Inf` included. */
  readonly durations: ReadonlyMap<number, Values>;
  readonly keepaliveTimeout: Values;
}

/** The answers of Prometheus as steps: one for each time with a known figure. */
export function buildPeriod(series: PeriodSeries): Period {
  const { startSeconds, endSeconds, stepSeconds } = series;
  const bounds = [...series.durations.keys()].sort((a, b) => a - b);
  const times = new Set(
    [...Object.values(series.gauges), ...series.durations.values()].flatMap((values) => [
      ...values.keys(),
    ]),
  );
  // The one in force for most of the period: its last step may already see a change.
  const timeouts = [...series.keepaliveTimeout.values()].sort((a, b) => a - b);
  const timeout = timeouts[Math.floor(timeouts.length / 2)];
  return {
    startSeconds,
    endSeconds,
    stepSeconds,
    steps: [...times].sort((a, b) => a - b).map((time) => stepAt(time, series, bounds)),
    durationBounds: bounds.filter(Number.isFinite),
    ...present({ keepaliveTimeoutSeconds: timeout }),
  };
}

function stepAt(
  time: number,
  { gauges, durations }: PeriodSeries,
  bounds: readonly number[],
): PeriodStep {
  const known = Object.entries(gauges).flatMap(([name, values]) => {
    const value = values.get(time);
    return value === undefined ? [] : [[name, value] as const];
  });
  const counts = bounds.map((bound) => durations.get(bound)?.get(time));
  const complete = counts.length > 0 && !counts.includes(undefined);
  const buckets = complete ? differencesOf(counts.map((count) => count ?? 0)) : undefined;
  return { ...Object.fromEntries(known), ...present({ durations: buckets }) };
}

/**
 * Converts cumulative counts to counts for each bucket. increase() extrapolates each series separately, so a decrease
 * is a rounding error.
 */
function differencesOf(cumulative: readonly number[]): readonly number[] {
  return cumulative.map((count, i) => Math.max(0, count - (cumulative[i - 1] ?? 0)));
}
