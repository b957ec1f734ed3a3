import type { HeldSlots, HourLoad, TimeoutLoad } from '../snapshot/gap-summary.ts';
import { slotBin, slotBinCount } from './slot-bins.ts';

/**
 * Slots held at each tick, for several timeouts at once. An idle time is noted once, at its beginning and at its end, by
 * its class (see IdleClasses); what each timeout makes of it is worked out when the tick is final, so a line costs the
 * same however many timeouts there are. A tick becomes final `lag` later: requests are logged when they end.
 */
export interface SlotTimeline {
  readonly tickSeconds: number;
  readonly timeouts: readonly number[];
  readonly timeoutTicks: readonly number[];
  readonly lag: number;
  /** Ticks in the rings, a power of two. */
  readonly length: number;
  /** By tick and class, the tails after the last class. */
  readonly starts: Int32Array;
  /** By tick and class. */
  readonly ends: Int32Array;
  /** Requests that began less those that ended. */
  readonly busy: Int32Array;
  readonly begun: Int32Array;
  /** 1 at ticks at which something may change. Between them lie most ticks of a log with few lines. */
  readonly marked: Uint8Array;
  /** Ticks are counted from here, so that they stay small integers, which cost no memory. */
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

interface Peaks {
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

/** Hours of which less was seen do not count as the busiest, unless there is no other. */
const leastOfHourSeconds = 1800;
const hourSeconds = 3600;
const none = -1;
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

/** The first tick at or after a moment. */
export function tickAt(line: SlotTimeline, seconds: number): number {
  return (Math.ceil(seconds / line.tickSeconds) - line.origin) | 0;
}

/** Makes ticks final up to the lag before a moment, which is the newest so far. */
export function advanceTimeline(line: SlotTimeline, seconds: number): void {
  if (line.next === none) {
    line.origin = Math.ceil(seconds / line.tickSeconds);
    line.next = 0;
    line.latest = 0;
  }
  const tick = tickAt(line, seconds);
  if (tick <= line.latest) return;
  line.latest = tick;
  finalizeUntil(line, tick - line.lag);
}

/** A request held a slot from one tick to another. */
export function addRequest(line: SlotTimeline, from: number, end: number): void {
  const start = Math.max(from, line.next);
  if (start >= end) return;
  const mask = line.length - 1;
  line.busy[start & mask] = (line.busy[start & mask] as number) + 1;
  line.busy[end & mask] = (line.busy[end & mask] as number) - 1;
  mark(line, start);
  mark(line, end);
}

/** A connection was begun. */
export function addConnection(line: SlotTimeline, tick: number): void {
  const at = Math.max(tick, line.next) & (line.length - 1);
  line.begun[at] = (line.begun[at] as number) + 1;
  line.marked[at] = 1;
}

/** A response left its connection idle: until something follows, that is its tail. */
export function addTail(line: SlotTimeline, tick: number): void {
  countStart(line, tick, line.timeouts.length + 1, 1);
}

/** What was taken for a tail was none. */
export function removeTail(line: SlotTimeline, tick: number): void {
  countStart(line, tick, line.timeouts.length + 1, -1);
}

/** What was taken for a tail was a gap of a class: a request followed. */
export function turnTailToGap(
  line: SlotTimeline,
  from: number,
  to: number,
  idleClass: number,
): void {
  // The beginning may be final; then it stays a tail, which is right for every timeout: the gap outlasted them all.
  removeTail(line, from);
  countStart(line, from, idleClass, 1);
  const counted = from >= line.next || idleClass === line.timeouts.length;
  if (to < line.next || !counted) return;
  const place = (to & (line.length - 1)) * (line.timeouts.length + 1) + idleClass;
  line.ends[place] = (line.ends[place] as number) + 1;
  mark(line, to);
}

/** Makes all ticks final and forgets what was held: nothing of what comes has to do with what was. */
export function endTimeline(line: SlotTimeline): void {
  if (line.next === none) return;
  finalizeUntil(line, line.latest);
  line.starts.fill(0);
  line.ends.fill(0);
  line.busy.fill(0);
  line.begun.fill(0);
  line.marked.fill(0);
  line.running.busy = 0;
  line.running.gap.fill(0);
  line.running.tail.fill(0);
  line.next = none;
}

/** The loads so far, with the ticks that are not final yet, and the timeline as it was. */
export function readTimeline(line: SlotTimeline) {
  const copy = copyTimeline(line);
  endTimeline(copy);
  closeHour(copy);
  const loads = copy.peaks.map(
    ({ busiest, withoutTails, hour, moments }, index): TimeoutLoad => ({
      timeoutSeconds: copy.timeouts[index] ?? 0,
      busiest,
      busiestWithoutTails: withoutTails,
      busiestHour: hour,
      moments: [...moments],
    }),
  );
  const observedSeconds = copy.finalTicks * copy.tickSeconds;
  return { loads, busiestBusy: copy.busiestBusy, observedSeconds };
}

/** structuredClone takes ten times as long, at each scrape for each target. */
function copyTimeline(line: SlotTimeline): SlotTimeline {
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

function countStart(line: SlotTimeline, tick: number, place: number, count: 1 | -1): void {
  if (tick < line.next) return;
  const at = (tick & (line.length - 1)) * (line.timeouts.length + 2) + place;
  line.starts[at] = (line.starts[at] as number) + count;
  mark(line, tick);
}

function mark(line: SlotTimeline, tick: number): void {
  line.marked[tick & (line.length - 1)] = 1;
}

function finalizeUntil(line: SlotTimeline, end: number): void {
  while (line.next < end) {
    const quiet = Math.min(end - line.next, quietTicks(line));
    if (quiet === 0) finalizeTick(line);
    else finalizeQuiet(line, quiet);
  }
}

/** Ticks from the next one on, within its hour, at which nothing changes. */
function quietTicks(line: SlotTimeline): number {
  const { marked, length, tickSeconds } = line;
  const at = line.next & (length - 1);
  if (marked[at] === 1) return 0;
  const seconds = (line.origin + line.next) * tickSeconds;
  const leftOfHour = hourSeconds - (seconds % hourSeconds);
  const ahead = marked.indexOf(1, at);
  const quiet = ahead === -1 ? length - at : ahead - at;
  return Math.min(quiet, Math.ceil(leftOfHour / tickSeconds));
}

/** Many ticks as the one before them. */
function finalizeQuiet(line: SlotTimeline, ticks: number): void {
  const { running, hour, peaks } = line;
  startHourOf(line, line.next);
  hour.ticks += ticks;
  hour.busy += running.busy * ticks;
  for (let j = 0; j < peaks.length; j++) {
    const gap = running.gap[j] as number;
    const tail = running.tail[j] as number;
    hour.gap[j] = (hour.gap[j] as number) + gap * ticks;
    hour.tail[j] = (hour.tail[j] as number) + tail * ticks;
    const { moments } = peaks[j] as Peaks;
    const bin = slotBin(running.busy + gap + tail);
    moments[bin] = (moments[bin] as number) + ticks;
  }
  line.finalTicks += ticks;
  line.next += ticks;
}

/**
 * With timeout j a gap of a class up to j holds its slot until it ends, one of a higher class until the timeout: the
 * slots held change by all gaps that begin, less those of the lower classes that end, less those of the higher ones
 * that began a timeout ago. For that the row of beginnings is made into sums from each class up.
 */
function finalizeTick(line: SlotTimeline): void {
  const { running, starts, ends, timeoutTicks } = line;
  const tick = line.next++;
  const mask = line.length - 1;
  const at = tick & mask;
  const classes = timeoutTicks.length + 1;
  const row = at * (classes + 1);
  for (let k = classes - 2; k >= 0; k--)
    starts[row + k] = (starts[row + k] as number) + (starts[row + k + 1] as number);
  const begunGaps = starts[row] as number;
  const begunTails = starts[row + classes] as number;
  running.busy += line.busy[at] as number;
  startHourOf(line, tick);
  line.hour.ticks++;
  line.hour.busy += running.busy;
  let ended = 0;
  let reconnected = 0;
  for (let k = 0; k < classes; k++) reconnected += ends[at * classes + k] as number;
  for (let j = 0; j < timeoutTicks.length; j++) {
    const over = ends[at * classes + j] as number;
    ended += over;
    reconnected -= over;
    const before = ((tick - (timeoutTicks[j] as number)) & mask) * (classes + 1);
    running.gap[j] =
      (running.gap[j] as number) + begunGaps - ended - (starts[before + j + 1] as number);
    running.tail[j] =
      (running.tail[j] as number) + begunTails - (starts[before + classes] as number);
    keepTick(line, { j, begun: (line.begun[at] as number) + reconnected });
  }
  if (begunGaps !== 0 || begunTails !== 0) {
    for (const ticks of timeoutTicks) mark(line, tick + ticks);
  }
  line.marked[at] = 0;
  line.busiestBusy = Math.max(line.busiestBusy, running.busy);
  line.finalTicks++;
  line.busy[at] = 0;
  line.begun[at] = 0;
  ends.fill(0, at * classes, (at + 1) * classes);
  const oldest = (tick - (timeoutTicks.at(-1) as number)) & mask;
  starts.fill(0, oldest * (classes + 1), (oldest + 1) * (classes + 1));
}

function keepTick(
  line: SlotTimeline,
  { j, begun }: { readonly j: number; readonly begun: number },
): void {
  const { running, hour } = line;
  const peaks = line.peaks[j] as Peaks;
  const busy = running.busy;
  const gap = running.gap[j] as number;
  const tail = running.tail[j] as number;
  hour.gap[j] = (hour.gap[j] as number) + gap;
  hour.tail[j] = (hour.tail[j] as number) + tail;
  hour.begun[j] = (hour.begun[j] as number) + begun;
  const held = busy + gap + tail;
  if (held > sumOf(peaks.busiest)) peaks.busiest = { busy, gap, tail };
  if (busy + gap > peaks.withoutTails) peaks.withoutTails = busy + gap;
  const bin = slotBin(held);
  peaks.moments[bin] = (peaks.moments[bin] as number) + 1;
}

function startHourOf(line: SlotTimeline, tick: number): void {
  const { hour } = line;
  const start = Math.floor(((line.origin + tick) * line.tickSeconds) / hourSeconds) * hourSeconds;
  if (hour.start !== start) {
    closeHour(line);
    hour.start = start;
  }
}

function closeHour({ hour, peaks, tickSeconds }: SlotTimeline): void {
  for (const [j, peak] of peaks.entries()) {
    if (hour.ticks === 0) break;
    const seconds = hour.ticks * tickSeconds;
    const load: HourLoad = {
      startSeconds: hour.start,
      seconds,
      busy: hour.busy / hour.ticks,
      gap: (hour.gap[j] as number) / hour.ticks,
      tail: (hour.tail[j] as number) / hour.ticks,
      connectionsPerSecond: (hour.begun[j] as number) / seconds,
    };
    if (isBusier(load, peak.hour)) peak.hour = load;
  }
  hour.ticks = 0;
  hour.busy = 0;
  hour.gap.fill(0);
  hour.tail.fill(0);
  hour.begun.fill(0);
}

function isBusier(load: HourLoad, than: HourLoad | undefined): boolean {
  if (than === undefined) return true;
  const whole = load.seconds >= leastOfHourSeconds;
  if (whole !== than.seconds >= leastOfHourSeconds) return whole;
  return sumOf(load) > sumOf(than);
}

function sumOf({ busy, gap, tail }: HeldSlots): number {
  return busy + gap + tail;
}
