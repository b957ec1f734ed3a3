import type { TimeoutLoad } from '../snapshot/gap-summary.ts';
import { closeHour } from './busiest-hour.ts';
import { finalizeUntil } from './finalize-ticks.ts';
import { copyTimeline, mark, none, type SlotTimeline } from './timeline-state.ts';

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

/** Records that a request held a slot from one tick to another. */
export function addRequest(line: SlotTimeline, from: number, end: number): void {
  const start = Math.max(from, line.next);
  if (start >= end) return;
  const mask = line.length - 1;
  line.busy[start & mask] = (line.busy[start & mask] as number) + 1;
  line.busy[end & mask] = (line.busy[end & mask] as number) - 1;
  mark(line, start);
  mark(line, end);
}

/** Records a new connection. */
export function addConnection(line: SlotTimeline, tick: number): void {
  const at = Math.max(tick, line.next) & (line.length - 1);
  line.begun[at] = (line.begun[at] as number) + 1;
  line.marked[at] = 1;
}

/** Records that a response left its connection idle. This is its tail until a request follows. */
export function addTail(line: SlotTimeline, tick: number): void {
  countStart(line, tick, line.timeouts.length + 1, 1);
}

/** Removes a tail again, because a request followed without a gap. */
export function removeTail(line: SlotTimeline, tick: number): void {
  countStart(line, tick, line.timeouts.length + 1, -1);
}

/** Turns a tail into a gap of a class, because a request followed. */
export function turnTailToGap(
  line: SlotTimeline,
  from: number,
  to: number,
  idleClass: number,
): void {
  // If the tick of its beginning is already final, the idle time stays a tail. That is right for every timeout, because
  // the gap is longer than all of them.
  removeTail(line, from);
  countStart(line, from, idleClass, 1);
  const counted = from >= line.next || idleClass === line.timeouts.length;
  if (to < line.next || !counted) return;
  const place = (to & (line.length - 1)) * (line.timeouts.length + 1) + idleClass;
  line.ends[place] = (line.ends[place] as number) + 1;
  mark(line, to);
}

/** Makes all ticks final and clears the slots in use: what follows is unrelated. */
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

/** The loads so far, including the ticks that are not final yet; the timeline does not change. */
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

function countStart(line: SlotTimeline, tick: number, place: number, count: 1 | -1): void {
  if (tick < line.next) return;
  const at = (tick & (line.length - 1)) * (line.timeouts.length + 2) + place;
  line.starts[at] = (line.starts[at] as number) + count;
  mark(line, tick);
}
