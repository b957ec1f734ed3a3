import type { HeldSlots, HourLoad } from '../snapshot/gap-summary.ts';
import { slotBinCount } from './slot-bins.ts';

/**
 * Slots in use at each tick, for several timeouts at once. An idle time is recorded once at its beginning and once at
 * its end, by its class (see IdleClasses). Its effect under each timeout is computed when the tick is final, so the
 * cost of a line does not depend on the number of timeouts. A tick becomes final `lag` later, because requests are
 * logged when they end.
 */
export interface SlotTimeline {
  readonly tickSeconds: number;
  readonly timeouts: readonly number[];
  readonly timeoutTicks: readonly number[];
  readonly lag: number;
  /** Number of ticks in the rings, a power of two. */
  readonly length: number;
  /** Idle times that begin, by tick and class, then the tails. */
  readonly starts: Int32Array;
  /** Idle times that end, by tick and class. */
  readonly ends: Int32Array;
  /** Requests that began minus those that ended. */
  readonly busy: Int32Array;
  readonly begun: Int32Array;
  /** 1 at ticks at which something may change. Most ticks of a log with few lines are not marked. */
  readonly marked: Uint8Array;
  /** The tick from which ticks are counted, so that they stay small integers, which need no allocation. */
  origin: number;
  /** The first tick that is not final; -1 before the first line. */
  next: number;
  latest: number;
  finalTicks: number;
  readonly running: { busy: number; readonly gap: Float64Array; readonly tail: Float64Array };
  readonly hour: RunningHour;
  readonly peaks: readonly Peaks[];
  busiestBusy: number;
}

interface RunningHour {
  start: number;
  ticks: number;
  busy: number;
  readonly gap: Float64Array;
  readonly tail: Float64Array;
  readonly begun: Float64Array;
}

export interface Peaks {
  busiest: HeldSlots;
  withoutTails: number;
  hour: HourLoad | undefined;
  readonly moments: Float64Array;
}

export interface TimelineOptions {
  readonly timeouts: readonly number[];
  readonly tickSeconds: number;
  readonly lagSeconds: number;
}

export const hourSeconds = 3600;
export const none = -1;
const nothingHeld: HeldSlots = { busy: 0, gap: 0, tail: 0 };

export function createTimeline(options: TimelineOptions): SlotTimeline {
  const { timeouts, tickSeconds, lagSeconds } = options;
  const lag = Math.ceil(lagSeconds / tickSeconds);
  const timeoutTicks = timeouts.map((seconds) => Math.round(seconds / tickSeconds));
  const classes = timeouts.length + 1;
  const length = 2 ** Math.ceil(Math.log2(lag + Math.max(...timeoutTicks) + 2));
  const each = () => new Float64Array(timeouts.length);
  return {
    tickSeconds,
    timeouts,
    timeoutTicks,
    lag,
    length,
    starts: new Int32Array(length * (classes + 1)),
    ends: new Int32Array(length * classes),
    busy: new Int32Array(length),
    begun: new Int32Array(length),
    marked: new Uint8Array(length),
    origin: 0,
    next: none,
    latest: none,
    finalTicks: 0,
    running: { busy: 0, gap: each(), tail: each() },
    hour: { start: Number.NaN, ticks: 0, busy: 0, gap: each(), tail: each(), begun: each() },
    peaks: timeouts.map(() => ({
      busiest: nothingHeld,
      withoutTails: 0,
      hour: undefined,
      moments: new Float64Array(slotBinCount),
    })),
    busiestBusy: 0,
  };
}

/** structuredClone would take ten times as long, for each target at each scrape. */
export function copyTimeline(line: SlotTimeline): SlotTimeline {
  const { running, hour } = line;
  return {
    ...line,
    starts: line.starts.slice(),
    ends: line.ends.slice(),
    busy: line.busy.slice(),
    begun: line.begun.slice(),
    marked: line.marked.slice(),
    running: { ...running, gap: running.gap.slice(), tail: running.tail.slice() },
    hour: { ...hour, gap: hour.gap.slice(), tail: hour.tail.slice(), begun: hour.begun.slice() },
    peaks: line.peaks.map((peaks) => ({ ...peaks, moments: peaks.moments.slice() })),
  };
}

export function mark(line: SlotTimeline, tick: number): void {
  line.marked[tick & (line.length - 1)] = 1;
}

export function sumOf({ busy, gap, tail }: HeldSlots): number {
  return busy + gap + tail;
}
