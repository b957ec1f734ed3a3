import type { LogRecord } from '../snapshot/log-record.ts';
import { createGapTracker, type GapTracker } from './gap-state.ts';
import { trackRecord } from './gap-tracker.ts';

/** Slot seconds that one line adds. */
export interface HeldSeconds {
  readonly busy: number;
  /** In gaps, and in tails if no client closes first. */
  readonly idle: number;
}

/**
 * Returns what each line adds, for lines in the order of the log; undefined for a line that does not identify its
 * connection.
 */
export function createHeldCounter(
  timeoutSeconds: number,
): (record: LogRecord) => HeldSeconds | undefined {
  const tracker = createGapTracker({ todaySeconds: timeoutSeconds });
  let before = heldSoFar(tracker, timeoutSeconds);
  return (record) => {
    const { requests } = tracker;
    trackRecord(tracker, record);
    if (tracker.requests === requests) return undefined;
    const now = heldSoFar(tracker, timeoutSeconds);
    const added = { busy: now.busy - before.busy, idle: now.idle - before.idle };
    before = now;
    return added;
  };
}

/** A tail becomes a gap when the next request comes. */
function heldSoFar({ busySeconds, gaps, tails }: GapTracker, timeoutSeconds: number): HeldSeconds {
  return { busy: busySeconds, idle: gaps.histogram.sum + tails * timeoutSeconds };
}
