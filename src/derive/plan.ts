import { present } from '../present.ts';
import { loadForSlots, slotsForLoad, waitProbability as waitingShare } from './erlang-c.ts';
import { type HandshakeFigures, type HandshakeQuestion, handshakesOf } from './handshakes.ts';

/** The known figures. One of slots, hold time and rate may be missing; slots can be derived from memory. */
export interface PlanQuestion {
  readonly slots?: number;
  /** How long a connection of a visitor holds its slot: requests, gaps and the final idle time. */
  readonly holdSeconds?: number;
  /** New visitors at the peak. */
  readonly visitorsPerSecond?: number;
  /** The busiest average; the peak is planned as two to three times it. */
  readonly averageVisitorsPerSecond?: number;
  /** Connections that each visitor opens in parallel; each holds a slot. */
  readonly connectionsPerVisitor: number;
  /** The idle part of the hold time: KeepAliveTimeout. */
  readonly timeoutSeconds?: number;
  readonly memoryBytes?: number;
  /** Memory of one more slot; for prefork the proportional set size of a worker. */
  readonly slotBytes?: number;
  readonly handshakes?: HandshakeQuestion;
}

export interface Plan {
  readonly slots?: number;
  readonly holdSeconds?: number;
  readonly visitorsPerSecond?: number;
  readonly connectionsPerVisitor: number;
  /** Twice and three times the average. */
  readonly peakVisitorsPerSecond?: readonly [number, number];
  readonly slotsInMemory?: number;
  readonly ceilingVisitorsPerSecond?: number;
  readonly fewWaitVisitorsPerSecond?: number;
  readonly neededSlots?: number;
  readonly fewWaitSlots?: number;
  readonly longestHoldSeconds?: number;
  readonly fewWaitHoldSeconds?: number;
  readonly usedRatio?: number;
  readonly waitProbability?: number;
  /** Mean over all visitors, including those who do not wait. */
  readonly meanWaitSeconds?: number;
  readonly neededMemoryBytes?: number;
  readonly idleSlots?: number;
  readonly idleMemoryBytes?: number;
  readonly handshakes?: HandshakeFigures;
  readonly findings: readonly PlanFinding[];
}

export interface PlanFinding {
  readonly kind: 'overload' | 'waiting' | 'memory';
  readonly message: string;
}

/** Maximum share of visitors who wait in a good plan: 1 in 100. */
export const fewWaitRatio = 0.01;

/** Bursts of short visits are two to three times the busiest average. */
const peakFactors = [2, 3] as const;

/** The arithmetic of slots: slots = visitors per second x connections of each x hold time. */
export function derivePlan(question: PlanQuestion): Plan {
  const peaks = peaksOf(question);
  const slotsInMemory = slotsThatFit(question);
  const visitorsPerSecond = question.visitorsPerSecond ?? peaks?.[1];
  const slots = question.slots ?? slotsInMemory;
  const { holdSeconds, connectionsPerVisitor } = question;
  const known = present({ slots, holdSeconds, visitorsPerSecond, connectionsPerVisitor });
  const figures = {
    ...known,
    ...present({ peakVisitorsPerSecond: peaks, slotsInMemory }),
    ...ceilingOf(known),
    ...slotsFor(known),
    ...holdFor(known),
    ...waitingOf(known),
  };
  const memory = memoryOf(question, figures);
  const handshakes = question.handshakes;
  return {
    ...figures,
    ...memory,
    ...present({ handshakes: handshakes && handshakesOf(handshakes) }),
    findings: findingsOf(question, { ...figures, ...memory }),
  };
}

interface Known {
  readonly slots?: number;
  readonly holdSeconds?: number;
  readonly visitorsPerSecond?: number;
  readonly connectionsPerVisitor: number;
}

function peaksOf({ averageVisitorsPerSecond: average }: PlanQuestion) {
  return average === undefined
    ? undefined
    : ([average * peakFactors[0], average * peakFactors[1]] as const);
}

function slotsThatFit({ memoryBytes, slotBytes }: PlanQuestion): number | undefined {
  if (memoryBytes === undefined || slotBytes === undefined) return undefined;
  return Math.floor(memoryBytes / slotBytes);
}

/** Slots and hold time determine how many visitors per second can come. */
function ceilingOf({ slots, holdSeconds, connectionsPerVisitor }: Known) {
  if (slots === undefined || holdSeconds === undefined) return {};
  const slotSeconds = holdSeconds * connectionsPerVisitor;
  return {
    ceilingVisitorsPerSecond: slots / slotSeconds,
    fewWaitVisitorsPerSecond: loadForSlots(slots, fewWaitRatio) / slotSeconds,
  };
}

/** Rate and hold time determine how many slots are needed. */
function slotsFor({ visitorsPerSecond, holdSeconds, connectionsPerVisitor }: Known) {
  if (visitorsPerSecond === undefined || holdSeconds === undefined) return {};
  const load = visitorsPerSecond * connectionsPerVisitor * holdSeconds;
  return { neededSlots: Math.ceil(load), fewWaitSlots: slotsForLoad(load, fewWaitRatio) };
}

/** Slots and rate determine how long a connection may hold its slot. */
function holdFor({ slots, visitorsPerSecond, holdSeconds, connectionsPerVisitor }: Known) {
  if (slots === undefined || visitorsPerSecond === undefined || holdSeconds !== undefined)
    return {};
  const connections = visitorsPerSecond * connectionsPerVisitor;
  return {
    longestHoldSeconds: slots / connections,
    fewWaitHoldSeconds: loadForSlots(slots, fewWaitRatio) / connections,
  };
}

/** All three determine how many visitors wait. With more load than slots the queue grows without end: no mean. */
function waitingOf({ slots, visitorsPerSecond, holdSeconds, connectionsPerVisitor }: Known) {
  if (slots === undefined || visitorsPerSecond === undefined || holdSeconds === undefined) {
    return {};
  }
  const load = visitorsPerSecond * connectionsPerVisitor * holdSeconds;
  const waitProbability = waitingShare(slots, load);
  if (load >= slots) return { usedRatio: load / slots, waitProbability };
  const meanWaitSeconds = (waitProbability * holdSeconds) / (slots - load);
  return { usedRatio: load / slots, waitProbability, meanWaitSeconds };
}

type SlotFigures = Known & Pick<Plan, 'fewWaitSlots'>;

function memoryOf({ slotBytes, timeoutSeconds }: PlanQuestion, figures: SlotFigures) {
  const slots = figures.slots ?? figures.fewWaitSlots;
  const idleSlots = idleSlotsOf(timeoutSeconds, { ...figures, ...present({ slots }) });
  return present({
    idleSlots,
    neededMemoryBytes: product(slots, slotBytes),
    idleMemoryBytes: product(idleSlots, slotBytes),
  });
}

function product(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a * b;
}

/** Mean slots in their final idle time; for a full server that share of the hold time. */
function idleSlotsOf(timeoutSeconds: number | undefined, known: Known): number | undefined {
  const { slots, visitorsPerSecond, connectionsPerVisitor, holdSeconds } = known;
  if (timeoutSeconds === undefined || visitorsPerSecond === undefined) return undefined;
  const idle = visitorsPerSecond * connectionsPerVisitor * timeoutSeconds;
  if (slots === undefined) return idle;
  return Math.min(idle, holdSeconds === undefined ? slots : (slots * timeoutSeconds) / holdSeconds);
}

function findingsOf(
  { memoryBytes }: PlanQuestion,
  { usedRatio, waitProbability, neededMemoryBytes }: Omit<Plan, 'findings'>,
): readonly PlanFinding[] {
  const findings: PlanFinding[] = [];
  if (usedRatio !== undefined && usedRatio >= 1) {
    findings.push({
      kind: 'overload',
      message: 'visitors arrive faster than slots become free: the queue grows without limit',
    });
  } else if (waitProbability !== undefined && waitProbability >= fewWaitRatio) {
    findings.push({ kind: 'waiting', message: '1 visitor in 100 or more waits for a slot' });
  }
  if (memoryBytes !== undefined && (neededMemoryBytes ?? 0) > memoryBytes) {
    findings.push({ kind: 'memory', message: 'the slots need more memory than is available' });
  }
  return findings;
}
