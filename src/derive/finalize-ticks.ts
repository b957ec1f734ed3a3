import { startHourOf } from './busiest-hour.ts';
import { slotBin } from './slot-bins.ts';
import { hourSeconds, mark, type Peaks, type SlotTimeline, sumOf } from './timeline-state.ts';

/** Makes all ticks before `end` final. */
export function finalizeUntil(line: SlotTimeline, end: number): void {
  while (line.next < end) {
    const quiet = Math.min(end - line.next, quietTicks(line));
    if (quiet === 0) finalizeTick(line);
    else finalizeQuiet(line, quiet);
  }
}

/** The number of ticks from the next one on, within its hour, at which nothing changes. */
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

/** Finalizes many ticks that equal the one before them. */
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
 * Finalizes one tick. With timeout j, a gap of a class up to j holds its slot until it ends, and a gap of a higher
 * class until the timeout. The slots in use change by all gaps that begin, minus those of the lower classes that end,
 * minus those of the higher classes that began a timeout ago. For this, the row of beginnings is converted into sums
 * from each class up.
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
