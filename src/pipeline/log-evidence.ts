import { isJustNow, writtenJustNow } from '../derive/log-line-age.ts';
import type { ErrorLogEvent } from '../parse/error-log-event.ts';
import type { ErrorLogFinding } from '../parse/error-log-reader.ts';

const exhaustionEvents: ReadonlySet<ErrorLogEvent> = new Set([
  'max_request_workers',
  'scoreboard_full',
  'worker_connections_exhausted',
]);

/** How a check of a log ended. */
export interface LogCheck {
  /** Unix time in seconds. */
  readonly startedAt: number;
  readonly hasMore: boolean;
  /** Whether the log exists and can be read. */
  readonly isReading: boolean;
}

/** Whether one error log shows that the server is full now. */
export interface LogEvidence {
  readonly take: (finding: ErrorLogFinding) => void;
  /** Call it after each check of the log. Lines after the end that the check reached are new. */
  afterCheck(check: LogCheck): void;
  /** Seconds since the log last reported that no slot was free; undefined when that no longer applies. */
  exhaustedSecondsAgo(): number | undefined;
}

/** @param now Unix time in seconds */
export function createLogEvidence(now: () => number): LogEvidence {
  let endSeenAt = Number.NEGATIVE_INFINITY;
  let wasReading = false;
  let exhaustedAt = Number.NEGATIVE_INFINITY;
  return {
    take({ event, wallSeconds }) {
      if (!exhaustionEvents.has(event)) return;
      const readAt = now();
      const zoneSeconds = zoneSecondsAt(readAt);
      exhaustedAt = writtenJustNow({ wallSeconds, readAt, endSeenAt, zoneSeconds }) ?? exhaustedAt;
    },
    afterCheck({ startedAt, hasMore, isReading }) {
      // A file that did not exist before, or could not be read, may contain old lines.
      if (!hasMore && wasReading) endSeenAt = startedAt;
      wasReading = isReading;
    },
    exhaustedSecondsAgo() {
      const at = now();
      return isJustNow(exhaustedAt, at) ? Math.max(0, at - exhaustedAt) : undefined;
    },
  };
}

function zoneSecondsAt(atSeconds: number): number {
  return -60 * new Date(atSeconds * 1000).getTimezoneOffset();
}
