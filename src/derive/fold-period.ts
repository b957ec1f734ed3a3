import { ABSENT, type LogRecord } from '../snapshot/log-record.ts';
import type { Period, PeriodStep } from '../snapshot/period.ts';

/** From 1 ms to a minute and a half, each a fifth above the one before: a quantile is right to within a tenth. */
const durationBounds: readonly number[] = Array.from({ length: 64 }, (_, i) =>
  Number((0.001 * 1.2 ** i).toPrecision(3)),
);

interface StepCounts {
  responses: number;
  abortedResponses: number;
  newConnections: number;
  numbered: number;
  timed: number;
  readonly durations: number[];
}

export interface PeriodFold {
  add(record: LogRecord): void;
  /** Undefined when no line bore a time. */
  period(): Period | undefined;
}

/** Logs of more than this are counted in longer steps. */
const mostSteps = 20_000;

/** Counts the lines of access logs by steps of time; lines may come in any order. */
export function createPeriodFold(stepSeconds: number): PeriodFold {
  const steps = new Map<number, StepCounts>();
  return {
    add(record) {
      if (record.own || record.unixSeconds === ABSENT) return;
      const index = Math.floor(record.unixSeconds / stepSeconds);
      const step = steps.get(index) ?? startStep();
      // A line with a broken clock must not fill the memory.
      if (steps.size >= mostSteps && !steps.has(index)) return;
      steps.set(index, step);
      countRecord(step, record);
    },
    period: () => buildPeriod(steps, stepSeconds),
  };
}

function startStep(): StepCounts {
  return {
    responses: 0,
    abortedResponses: 0,
    newConnections: 0,
    numbered: 0,
    timed: 0,
    durations: new Array<number>(durationBounds.length + 1).fill(0),
  };
}

function countRecord(step: StepCounts, record: LogRecord): void {
  step.responses++;
  if (record.status === 408 || record.status === 499) step.abortedResponses++;
  if (record.requestOnConnection > 0) step.numbered++;
  if (record.requestOnConnection === 1) step.newConnections++;
  if (record.requestSeconds < 0) return;
  step.timed++;
  const bucket = bucketOf(record.requestSeconds);
  step.durations[bucket] = (step.durations[bucket] ?? 0) + 1;
}

/** The first bound that is not below; halving, since this runs for each line. */
function bucketOf(seconds: number): number {
  let [low, high] = [0, durationBounds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seconds <= (durationBounds[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A step without a line is one too: nobody came. The first and the last are cut off somewhere, and left out. */
function buildPeriod(
  steps: ReadonlyMap<number, StepCounts>,
  stepSeconds: number,
): Period | undefined {
  const indexes = [...steps.keys()].sort((a, b) => a - b);
  const [first, last] = [indexes[0], indexes.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const whole = last - first >= 2 ? { from: first + 1, to: last - 1 } : { from: first, to: last };
  const counts = [...steps.values()];
  const gives = {
    connections: counts.some(({ numbered }) => numbered > 0),
    durations: counts.some(({ timed }) => timed > 0),
  };
  const length = Math.min(whole.to - whole.from + 1, mostSteps);
  return {
    startSeconds: whole.from * stepSeconds,
    endSeconds: (whole.to + 1) * stepSeconds,
    stepSeconds,
    steps: Array.from({ length }, (_, i) =>
      stepOf(steps.get(whole.from + i) ?? startStep(), gives),
    ),
    durationBounds: gives.durations ? durationBounds : [],
  };
}

function stepOf(
  { responses, abortedResponses, newConnections, durations }: StepCounts,
  gives: { readonly connections: boolean; readonly durations: boolean },
): PeriodStep {
  return {
    requests: responses,
    responses,
    abortedResponses,
    ...(gives.connections ? { newConnections } : {}),
    ...(gives.durations ? { durations } : {}),
  };
}
