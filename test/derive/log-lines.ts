import { createGapTracker, type GapTracker } from '../../src/derive/gap-state.ts';
import { summarizeGaps, trackRecord } from '../../src/derive/gap-tracker.ts';
import { createLogRecord, type LogRecord, logProtocols } from '../../src/snapshot/log-record.ts';

export interface Line extends Partial<Omit<LogRecord, 'protocol'>> {
  /** Of the response, in seconds. */
  readonly end: number;
  readonly seconds?: number;
  readonly connection?: number;
  readonly number?: number;
  readonly client?: number;
  readonly protocol?: (typeof logProtocols)[number];
}

/** Hands lines to a tracker as a parser would. */
export function track(tracker: GapTracker, lines: readonly Line[]): void {
  for (const { end, seconds = 0, number, protocol = 'HTTP/1.1', ...fields } of lines) {
    trackRecord(tracker, {
      ...createLogRecord(),
      status: 200,
      unixSeconds: end,
      requestSeconds: seconds,
      protocol: logProtocols.indexOf(protocol),
      ...(number === undefined ? {} : { requestOnConnection: number }),
      ...fields,
    });
  }
}

/** Unix time of the first line. */
export const start = Date.UTC(2026, 10, 21, 3) / 1000;
export const timeouts = [0, 0.5, 1, 2, 5, 10];

/** What a tracker makes of these lines. */
export function summaryOf(
  lines: readonly Line[],
  tracker: GapTracker = createGapTracker({ timeouts }),
) {
  track(tracker, lines);
  return summarizeGaps(tracker);
}
