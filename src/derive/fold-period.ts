import { present } from '../present.ts';
import { ABSENT, isGivenUp, type LogRecord } from '../snapshot/log-record.ts';
import type { Period, PeriodStep } from '../snapshot/period.ts';
import type { HeldSeconds } from './held-seconds.ts';
import { bucketOf } from './histogram.ts';

/** From 1 ms to 90 s, each 20 % above the previous one: a quantile is accurate to 10 %. */
const durationBounds: readonly number[] = Array.from({ length: 64 }, (_, i) =>
  Number((0.001 * 1.2 ** i).toPrecision(3)),
);

interface StepCounts {
  responses: number;
  abortedResponses: number;
  newConnections: number;
  numbered: number;
  timed: number;
  held: number;
  busySeconds: number;
  idleSeconds: number;
  readonly durations: number[];
}

export interface PeriodFold {
  /** @param held the slot seconds that the line adds to its step, where known */
  add(record: LogRecord, held?: HeldSeconds): void;
  /** Undefined when no line had a time. */
  period(): Period | undefined;
}

/** Longer logs need longer steps. */
const maximumSteps = 20_000;

/** Counts the lines of access logs by steps of time, in any order. */
export function createPeriodFold(stepSeconds: number): PeriodFold {
  const steps = new Map<number, StepCounts>();
  return {
    add(record, held) {
      if (record.own || record.unixSeconds === ABSENT) return;
      const index = Math.floor(record.unixSeconds / stepSeconds);
      const step = steps.get(index) ?? startStep();
      // Lines with wrong times must not fill the memory.
      if (steps.size >= maximumSteps && !steps.has(index)) return;
      steps.set(index, step);
      countRecord(step, record);
      if (held !== undefined) countHeld(step, held);
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
    held: 0,
    busySeconds: 0,
    idleSeconds: 0,
    durations: new Array<number>(durationBounds.length + 1).fill(0),
  };
}

function countRecord(step: StepCounts, record: LogRecord): void {
  step.responses++;
  if (isGivenUp(record.status)) step.abortedResponses++;
  if (record.requestOnConnection > 0) step.numbered++;
  if (record.requestOnConnection === 1) step.newConnections++;
  if (record.requestSeconds < 0) return;
  step.timed++;
  const bucket = bucketOf(durationBounds, record.requestSeconds);
  step.durations[bucket] = (step.durations[bucket] ?? 0) + 1;
}

function countHeld(step: StepCounts, { busy, idle }: HeldSeconds): void {
  step.held++;
  step.busySeconds += busy;
  step.idleSeconds += idle;
}

/** A step without a line counts as a step without visitors. The first and the last step are incomplete and left out. */
function buildPeriod(
  steps: ReadonlyMap<number, StepCounts>,
  stepSeconds: number,
): Period | undefined {
  const indexes = [...steps.keys()].sort((a, b) => a - b);
  const [first, last] = [indexes[0], indexes.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const whole = last - first >= 2 ? { from: first + 1, to: last - 1 } : { from: first, to: last };
  const counts = [...steps.values()];
  const known = {
    connections: counts.some(({ numbered }) => numbered > 0),
    durations: counts.some(({ timed }) => timed > 0),
    held: counts.some(({ held }) => held > 0),
    stepSeconds,
  };
  const length = Math.min(whole.to - whole.from + 1, maximumSteps);
  return {
    startSeconds: whole.from * stepSeconds,
    endSeconds: (whole.to + 1) * stepSeconds,
    stepSeconds,
    steps: Array.from({ length }, (_, i) =>
      stepOf(steps.get(whole.from + i) ?? startStep(), known),
    ),
    durationBounds: known.durations ? durationBounds : [],
    ...present({ slotsFromLog: known.held || undefined }),
  };
}

function stepOf(
  { responses, abortedResponses, newConnections, durations, busySeconds, idleSeconds }: StepCounts,
  known: {
    readonly connections: boolean;
    readonly durations: boolean;
    readonly held: boolean;
    readonly stepSeconds: number;
  },
): PeriodStep {
  // In a step with few visitors more tails may have become gaps than began.
  const meanSlots = (seconds: number) => Math.max(0, seconds) / known.stepSeconds;
  return {
    requests: responses,
    responses,
    abortedResponses,
    ...present({
      newConnections: known.connections ? newConnections : undefined,
      durations: known.durations ? durations : undefined,
      heldSlots: known.held ? meanSlots(busySeconds + idleSeconds) : undefined,
      idleSlots: known.held ? meanSlots(idleSeconds) : undefined,
    }),
  };
}
