import type { HourLoad } from '../snapshot/gap-summary.ts';
import { hourSeconds, type SlotTimeline, sumOf } from './timeline-state.ts';

/** An hour that was seen for less than this counts as the busiest only if there is no other. */
const minimumOfHourSeconds = 1800;

/** Closes the hour before, when a tick begins another hour. */
export function startHourOf(line: SlotTimeline, tick: number): void {
  const { hour } = line;
  const start = Math.floor(((line.origin + tick) * line.tickSeconds) / hourSeconds) * hourSeconds;
  if (hour.start !== start) {
    closeHour(line);
    hour.start = start;
  }
}

/** Ends the current hour and keeps it where it is the busiest so far. */
export function closeHour({ hour, peaks, tickSeconds }: SlotTimeline): void {
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
  const whole = load.seconds >= minimumOfHourSeconds;
  if (whole !== than.seconds >= minimumOfHourSeconds) return whole;
  return sumOf(load) > sumOf(than);
}
