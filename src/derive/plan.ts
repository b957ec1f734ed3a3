import { loadForSlots, slotsForLoad, waitProbability as waitingShare } from './erlang-c.ts';
import { type HandshakeFigures, type HandshakeQuestion, handshakesOf } from './handshakes.ts';

/** What is known; of slots, hold time and rate any one may be missing, and memory gives slots. */
export interface PlanQuestion {
  readonly slots?: number;
  /** How long a connection of a visitor holds its slot: requests, gaps and the idle end. */
  readonly holdSeconds?: number;
  /** New visitors at the peak. */
  readonly visitorsPerSecond?: number;
  /** The busiest average; the peak is planned as two to three times it. */
  readonly averageVisitorsPerSecond?: number;
  /** Connections that each visitor opens at once; each takes a slot. */
  readonly connectionsPerVisitor: number;
  /** The idle part of the hold time: KeepAliveTimeout. */
  readonly timeoutSeconds?: number;
  readonly memoryBytes?: number;
  /** Memory that one more slot costs: of a prefork worker its proportional set size. */
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
  /** Of all visitors, those that do not wait included. */
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

/** A plan is calm while fewer than 1 visitor in 100 waits. */
export const fewWaitRatio = 0.01;

/** Bursts of short visits are two to three times the busiest average. */
const peakFactors = [2, 3] as const;

/** The arithmetic of slots: slots = visitors per second x connections of each x hold time. */
export function derivePlan(question: PlanQuestion): Plan {
  const peaks = peaksOf(question);
  const slotsInMemory = slotsThatFit(question);
  const visitorsPerSecond = question.visitorsPerSecond ?? peaks?.[1];
  const slots = question.slots ?? slotsInMemory;
  const known = {
    ...(slots === undefined ? {} : { slots }),
    ...(question.holdSeconds === undefined ? {} : { holdSeconds: question.holdSeconds }),
    ...(visitorsPerSecond === undefined ? {} : { visitorsPerSecond }),
    connectionsPerVisitor: question.connectionsPerVisitor,
  };
  const figures = {
    ...known,
    ...(peaks === undefined ? {} : { peakVisitorsPerSecond: peaks }),
    ...(slotsInMemory === undefined ? {} : { slotsInMemory }),
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
    ...(handshakes === undefined ? {} : { handshakes: handshakesOf(handshakes) }),
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

/** Slots and hold time say how many visitors per second can come. */
function ceilingOf({ slots, holdSeconds, connectionsPerVisitor }: Known) {
  if (slots === undefined || holdSeconds === undefined) return {};
  const slotSeconds = holdSeconds * connectionsPerVisitor;
  return {
    ceilingVisitorsPerSecond: slots / slotSeconds,
    fewWaitVisitorsPerSecond: loadForSlots(slots, fewWaitRatio) / slotSeconds,
  };
}

/** Rate and hold time say how many slots are needed. */
function slotsFor({ visitorsPerSecond, holdSeconds, connectionsPerVisitor }: Known) {
  if (visitorsPerSecond === undefined || holdSeconds === undefined) return {};
  const load = visitorsPerSecond * connectionsPerVisitor * holdSeconds;
  return { neededSlots: Math.ceil(load), fewWaitSlots: slotsForLoad(load, fewWaitRatio) };
}

/** Slots and rate say how long a connection may hold its slot. */
function holdFor({ slots, visitorsPerSecond, holdSeconds, connectionsPerVisitor }: Known) {
  if (slots === undefined || visitorsPerSecond === undefined || holdSeconds !== undefined)
    return {};
  const connections = visitorsPerSecond * connectionsPerVisitor;
  return {
    longestHoldSeconds: slots / connections,
    fewWaitHoldSeconds: loadForSlots(slots, fewWaitRatio) / connections,
  };
}

/** All three say how the server will do. Over full, the queue has no mean. */
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
  const idleSlots = idleSlotsOf(timeoutSeconds, {
    ...figures,
    ...(slots === undefined ? {} : { slots }),
  });
  return {
    ...(idleSlots === undefined ? {} : { idleSlots }),
    ...(slotBytes === undefined || slots === undefined
      ? {}
      : { neededMemoryBytes: slots * slotBytes }),
    ...(slotBytes === undefined || idleSlots === undefined
      ? {}
      : { idleMemoryBytes: idleSlots * slotBytes }),
  };
}

/** Mean slots in the idle end of their connections; of a full server its share of the hold time. */
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
      message: 'visitors come faster than slots become free: the queue grows without end',
    });
  } else if (waitProbability !== undefined && waitProbability >= fewWaitRatio) {
    findings.push({ kind: 'waiting', message: '1 visitor in 100 or more waits for a slot' });
  }
  if (memoryBytes !== undefined && (neededMemoryBytes ?? 0) > memoryBytes) {
    findings.push({ kind: 'memory', message: 'the slots need more memory than there is' });
  }
  return findings;
}
