import type { Period, PeriodStep } from '../snapshot/period.ts';
import { bucketQuantile } from './bucket-quantile.ts';
import { ratio } from './ratio.ts';

type Unit = 'slots' | 'ratio' | 'seconds' | 'per second' | 'bytes';

/** A figure of a period that can be compared with the same figure of another. */
export interface ComparedFigure {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  /** Which direction is better. Load has none: it shows whether the periods are comparable. */
  readonly better: 'lower' | 'higher' | 'neither';
  /** Reads any selection of the period's steps, so that a bootstrap can resample them. */
  readonly read: (steps: readonly PeriodStep[], period: Period) => number | undefined;
  /** What the figure needs. */
  readonly needs: string;
}

const forSlots =
  'the status page, in Prometheus; or logs that identify connections, with --timeout-before and --timeout-after';

export const comparedFigures: readonly ComparedFigure[] = [
  {
    name: 'requestsPerSecond',
    title: 'load',
    unit: 'per second',
    better: 'neither',
    read: (steps, { stepSeconds }) => ratio(mean(steps, 'requests'), stepSeconds),
    needs: 'the status page or an access log',
  },
  { ...gauge('heldSlots', 'slots held', 'slots'), needs: forSlots },
  { ...gauge('idleSlots', 'idle slots', 'slots'), needs: forSlots },
  gauge('saturationRatio', 'saturation', 'ratio'),
  gauge('exhaustedRatio', 'time exhausted', 'ratio'),
  quantile('p50Seconds', 'P50', 0.5),
  quantile('p95Seconds', 'P95', 0.95),
  quantile('p99Seconds', 'P99', 0.99),
  {
    name: 'abortedRatio',
    title: '408 and 499',
    unit: 'ratio',
    better: 'lower',
    read: (steps) => ratio(total(steps, 'abortedResponses'), total(steps, 'responses')),
    needs: 'an access log with the status code',
  },
  {
    name: 'reuseRatio',
    title: 'reuse',
    unit: 'ratio',
    better: 'higher',
    read: (steps) => {
      const fresh = ratio(total(steps, 'newConnections'), total(steps, 'requests'));
      // Connections without a request can make the share of new connections exceed 1.
      return fresh === undefined ? undefined : Math.max(0, 1 - fresh);
    },
    needs: 'an access log with %k or $connection_requests, or nginx',
  },
  {
    name: 'newConnectionsPerSecond',
    title: 'new connections',
    unit: 'per second',
    better: 'lower',
    read: (steps, { stepSeconds }) => ratio(mean(steps, 'newConnections'), stepSeconds),
    needs: 'an access log with %k or $connection_requests, or nginx',
  },
  {
    ...gauge('memoryBytes', 'memory', 'bytes'),
    needs: 'processes in the configuration of the target, in Prometheus',
  },
];

type Counted = 'requests' | 'newConnections' | 'responses' | 'abortedResponses';
type Gauge = 'heldSlots' | 'idleSlots' | 'saturationRatio' | 'exhaustedRatio' | 'memoryBytes';

function gauge(name: Gauge, title: string, unit: Unit): ComparedFigure {
  const read = (steps: readonly PeriodStep[]) => mean(steps, name);
  return { name, title, unit, better: 'lower', read, needs: 'the status page, in Prometheus' };
}

function quantile(name: string, title: string, share: number): ComparedFigure {
  return {
    name,
    title,
    unit: 'seconds',
    better: 'lower',
    read: (steps, { durationBounds }) =>
      bucketQuantile(share, durationBounds, sumOfDurations(steps, durationBounds.length + 1)),
    needs: 'an access log with %D or $request_time',
  };
}

function sumOfDurations(steps: readonly PeriodStep[], length: number): readonly number[] {
  const sums = new Array<number>(length).fill(0);
  for (const { durations } of steps) {
    if (durations === undefined) continue;
    for (let i = 0; i < length; i++) sums[i] = (sums[i] ?? 0) + (durations[i] ?? 0);
  }
  return sums;
}

function mean(steps: readonly PeriodStep[], name: Counted | Gauge): number | undefined {
  let sum = 0;
  let count = 0;
  for (const step of steps) {
    const value = step[name];
    if (value === undefined) continue;
    sum += value;
    count++;
  }
  return ratio(sum, count);
}

function total(steps: readonly PeriodStep[], name: Counted): number | undefined {
  const average = mean(steps, name);
  return average === undefined ? undefined : average * steps.length;
}
