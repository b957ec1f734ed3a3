import type { GapSummary, HeldSlots, TimeoutLoad } from '../snapshot/gap-summary.ts';
import type { IdleCost, KeepaliveModel, Range, TimeoutPrediction } from '../snapshot/prediction.ts';
import { busiestOf, timeAt } from './busiest-slots.ts';
import { waitProbability } from './erlang-c.ts';
import { busiestOfFull, mayHaveBeenFull, nearlyAll } from './full-server.ts';
import { gainedReuse, returnsReused, tailsShortened } from './missed-reuse.ts';
import { orderBusiest } from './order-busiest.ts';
import { always, product, scale, sum } from './ranges.ts';
import { boundReclaim, isLeftToIdle } from './reclaimed-reuse.ts';
import { type MeasuredTail, tailShares } from './tail-shares.ts';

export interface ModelOptions {
  readonly summary: GapSummary;
  readonly idleCost: IdleCost;
  /** Workers, or all connections of nginx. */
  readonly slots?: number;
  /** AsyncRequestWorkerFactor, of event. */
  readonly asyncFactor?: number;
  /** Mean number of keep-alive slots, measured while the log was written. */
  readonly meanIdleSlots?: number;
  /** Memory that one more worker takes. */
  readonly workerBytes?: number;
  /** Share of the samples with all slots in use, or nearly all. */
  readonly fullSampleShare?: number;
}

/** Maximum share of the slots in use at the busiest moment. */
export const highestOccupancy = 0.8;
/** Default of AsyncRequestWorkerFactor. */
export const defaultAsyncFactor = 2;
/** With fewer connections it is not known who opens them. */
const minimumConnectionsOfProxy = 50;
const proxyShare = 0.9;
const proxyChangedShare = 0.1;
/** A prediction needs a log that is this many times as long as the timeout. */
const logPerTimeout = 4;

/** Predicts the effect of each timeout from a log. */
export function predictTimeouts(options: ModelOptions): KeepaliveModel {
  const { summary, idleCost, slots } = options;
  const context = contextOf(options);
  const isReclaimed = idleCost === 'reclaimable' && slots !== undefined;
  const held = summary.loads.map((load) => ({ load, busiest: busiestUnder(load, context) }));
  const today = held.findIndex(({ load }) => load === context.today);
  const mayReclaim = isReclaimed && !isLeftToIdle(held[today]?.busiest.high, slots);
  const predictions = (mayReclaim ? held : orderBusiest(held, today)).map(({ load, busiest }) =>
    predict(load, busiest, context),
  );
  return {
    todaySeconds: summary.todaySeconds,
    idleCost,
    slots,
    slotLimit: context.slotLimit,
    requestsPerSecond: summary.requests / context.seconds,
    busiestBusy: summary.busiestBusy,
    wasFull: context.wasFull,
    meanTailSeconds: context.tail?.meanSeconds,
    isBehindProxy: context.isBehindProxy,
    predictions: isReclaimed ? boundReclaim(predictions, slots) : predictions,
  };
}

interface Context extends ModelOptions {
  /** The load under today's timeout, where that is known. */
  readonly today: TimeoutLoad | undefined;
  readonly seconds: number;
  readonly slotLimit: number | undefined;
  readonly tail: MeasuredTail | undefined;
  readonly isBehindProxy: boolean;
  readonly wasFull: boolean;
}

function contextOf(options: ModelOptions): Context {
  const { summary } = options;
  const { busiestShare, changedShare } = summary.clients;
  const few = summary.connections >= minimumConnectionsOfProxy && busiestShare >= proxyShare;
  const slotLimit = limitOf(options);
  const tail = measuredTail(options);
  const today = summary.loads.find(({ timeoutSeconds }) => timeoutSeconds === summary.todaySeconds);
  // Clients that were measured to close soon hold few slots at the busiest moment, however long the timeout is.
  const busiestToday = today && busiestOf(today, tailShares(today.timeoutSeconds, tail)).high;
  const wasFull = mayHaveBeenFull({ ...options, slotLimit, busiestToday });
  return {
    ...options,
    today,
    // A log of a single moment has no rate; any divisor works.
    seconds: summary.observedSeconds || 1,
    slotLimit,
    wasFull,
    tail,
    isBehindProxy: few || changedShare >= proxyChangedShare,
  };
}

/** Event: ThreadsPerChild + factor x idle workers, over all processes (event.c, connections_above_limit). */
function limitOf({ idleCost, slots, summary, asyncFactor }: ModelOptions): number | undefined {
  if (slots === undefined || idleCost !== 'async') return slots;
  const idleWorkers = Math.max(0, slots - summary.busiestBusy);
  return slots + (asyncFactor ?? defaultAsyncFactor) * idleWorkers;
}

/** Mean keep-alive slots = gap seconds per second + tails per second x mean tail. */
function measuredTail({ summary, meanIdleSlots }: ModelOptions): MeasuredTail | undefined {
  const { todaySeconds, tails, observedSeconds } = summary;
  if (todaySeconds === undefined || meanIdleSlots === undefined || tails === 0) return undefined;
  const gapSeconds = cutGapSeconds(summary, todaySeconds);
  const meanSeconds = Math.max(0, (meanIdleSlots * observedSeconds - gapSeconds) / tails);
  return { todaySeconds, meanSeconds };
}

/** Seconds for which gaps hold slots under a timeout, each at most the timeout. */
function cutGapSeconds({ timeouts, gaps }: GapSummary, timeout: number): number {
  const upTo = timeouts.indexOf(timeout) + 1;
  return sum(gaps.seconds.slice(0, upTo)) + sum(gaps.counts.slice(upTo)) * timeout;
}

/** Reuse that a timeout would have broken: the gaps above it, and the same share of the unknown gaps. */
function brokenReuse(summary: GapSummary, timeout: number): number {
  const { gaps, timeouts, reusedRequests, overlappingRequests } = summary;
  const known = sum(gaps.counts);
  const over = sum(gaps.counts.slice(timeouts.indexOf(timeout) + 1));
  const unknown = Math.max(0, reusedRequests - overlappingRequests - known);
  return known === 0 ? 0 : over + (unknown * over) / known;
}

function busiestUnder(load: TimeoutLoad, context: Context): Range {
  return busiestWithBursts(load, heldTails(load, context), context);
}

/** Share of the tails under a timeout that hold a slot. */
function heldTails({ timeoutSeconds }: TimeoutLoad, context: Context): Range {
  const shares = tailShares(timeoutSeconds, context.tail);
  return product(shares, tailsShortened(context, timeoutSeconds));
}

function predict(load: TimeoutLoad, busiestSlots: Range, context: Context): TimeoutPrediction {
  const { summary, seconds, workerBytes, idleCost } = context;
  const timeout = load.timeoutSeconds;
  const shares = tailShares(timeout, context.tail);
  const connections = connectionsOf(context, timeout);
  const perSecond = scale(connections, 1 / seconds);
  const busyHourIdleSlots = idleOf(load.busiestHour, heldTails(load, context));
  const pinned = idleCost === 'blocking' ? workerBytes : undefined;
  return {
    timeoutSeconds: timeout,
    reuseRatio: shareOf(summary.requests, connections),
    connectionsPerSecond: perSecond,
    handshakesSavedPerSecond: savedOf(summary.requests / seconds, perSecond),
    meanIdleSlots: meanIdleOf(context, timeout, shares),
    busyHourIdleSlots,
    busiestSlots,
    waitProbability: waitOf(load, context, busyHourIdleSlots),
    fullTimeRatio: fullTimeOf(load, context, busiestSlots.high),
    idleMemoryBytes: pinned === undefined ? undefined : scale(busyHourIdleSlots, pinned),
    fits: fitsIn(context, busiestSlots),
    isLongerThanLog: timeout * logPerTimeout > summary.observedSeconds,
  };
}

/** Below today's timeout the figure is exact; above it the best case is that all missed reuse would have happened. */
function connectionsOf(context: Context, timeout: number): Range {
  const { summary } = context;
  if (timeout === 0) return always(summary.requests);
  const highest = summary.connections + brokenReuse(summary, timeout);
  const lowest = Math.max(0, highest - gainedReuse(context, timeout).count);
  return { low: lowest, expected: lowest, high: highest };
}

function shareOf(requests: number, { low, expected, high }: Range): Range {
  const share = (connections: number) =>
    requests === 0 ? 0 : Math.max(0, (requests - connections) / requests);
  return { low: share(high), expected: share(expected), high: share(low) };
}

function savedOf(requests: number, { low, expected, high }: Range): Range {
  const saved = (connections: number) => Math.max(0, requests - connections);
  return { low: saved(high), expected: saved(expected), high: saved(low) };
}

function meanIdleOf(context: Context, timeout: number, shares: Range): Range {
  const { summary, seconds } = context;
  if (timeout === 0) return always(0);
  const gapSeconds = cutGapSeconds(summary, timeout);
  const gained = gainedReuse(context, timeout);
  const idle = (share: number, reused: number) =>
    (gapSeconds +
      gained.seconds * reused +
      (summary.tails - gained.count * reused) * share * timeout) /
    seconds;
  return {
    low: Math.min(idle(shares.low, 0), idle(shares.low, 1)),
    expected: idle(shares.expected, 1),
    high: Math.max(idle(shares.high, returnsReused(summary)), idle(shares.high, 1)),
  };
}

function idleOf(held: HeldSlots | undefined, shares: Range): Range {
  const idle = (share: number) => (held === undefined ? 0 : held.gap + share * held.tail);
  return { low: idle(shares.low), expected: idle(shares.expected), high: idle(shares.high) };
}

/** The log of a full server shows peaks that are too low, so a burst raises the high figure. */
function busiestWithBursts(load: TimeoutLoad, shares: Range, context: Context): Range {
  const busiest = busiestOf(load, shares);
  if (!context.wasFull) return busiest;
  const { summary, today, tail, slotLimit = 0 } = context;
  const high = busiestOfFull({
    slotLimit,
    fullSeconds: fullRatioOf(today, context) * summary.observedSeconds,
    meanToday: meanHeld(today, tailShares(summary.todaySeconds ?? 0, tail).high),
    connectionsPerSecond: today?.busiestHour?.connectionsPerSecond ?? 0,
    mean: meanHeld(load, shares.high),
    logged: busiest.high,
  });
  return { ...busiest, high };
}

/** Share of the time with nearly all slots in use: as sampled, or at most, as the log shows. */
function fullRatioOf(today: TimeoutLoad | undefined, context: Context): number {
  const { fullSampleShare = 0, slotLimit } = context;
  if (today === undefined || slotLimit === undefined) return fullSampleShare;
  const logged = timeAt(nearlyAll * slotLimit, today, heldTails(today, context).high);
  return Math.max(fullSampleShare, logged ?? 0);
}

function meanHeld(load: TimeoutLoad | undefined, tailShare: number): number {
  const hour = load?.busiestHour;
  return hour === undefined ? 0 : hour.busy + hour.gap + tailShare * hour.tail;
}

/** Idle clients make visitors wait only where they hold workers; elsewhere only requests do. */
function waitOf(load: TimeoutLoad, { slots, idleCost }: Context, idle: Range): Range | undefined {
  const hour = load.busiestHour;
  if (slots === undefined || hour === undefined) return undefined;
  const wait = (idleSlots: number) =>
    waitProbability(slots, hour.busy + (idleCost === 'blocking' ? idleSlots : 0));
  return { low: wait(idle.low), expected: wait(idle.expected), high: wait(idle.high) };
}

/** At most. @param busiest high figure of the busiest moment: with fewer than all slots in use it is never full */
function fullTimeOf(load: TimeoutLoad, context: Context, busiest: number): number | undefined {
  const { slotLimit } = context;
  if (slotLimit === undefined) return undefined;
  return busiest < slotLimit ? 0 : timeAt(slotLimit, load, heldTails(load, context).high);
}

function fitsIn(context: Context, busiest: Range): boolean | undefined {
  const { slotLimit, slots, summary } = context;
  if (slotLimit === undefined || slots === undefined) return undefined;
  const busyFits = summary.busiestBusy <= highestOccupancy * slots;
  return busyFits && busiest.high <= highestOccupancy * slotLimit;
}
