import { isJustNow, writtenJustNow } from '../derive/log-line-age.ts';
import type { ErrorLogEvent } from '../parse/error-log-event.ts';
import type { ErrorLogFinding } from '../parse/error-log-reader.ts';
import type { FollowedPath } from './followed-path.ts';

const exhaustionEvents: ReadonlySet<ErrorLogEvent> = new Set([
  'max_request_workers',
  'scoreboard_full',
  'worker_connections_exhausted',
]);

/** What one error log says about now. */
export interface LogEvidence {
  readonly take: (finding: ErrorLogFinding) => void;
  /** The same path, its end noticed: lines that come after it are new. */
  watch(path: FollowedPath): FollowedPath;
  /** Whether the log has said within the last seconds that there is no slot left. */
  saysExhausted(): boolean;
}

/** `now` gives Unix time in seconds. */
export function createLogEvidence(now: () => number): LogEvidence {
  let endSeenAt = Number.NEGATIVE_INFINITY;
  let exhaustedAt = Number.NEGATIVE_INFINITY;
  return {
    take({ event, wallSeconds }) {
      if (!exhaustionEvents.has(event)) return;
      const readAt = now();
      const zoneSeconds = zoneSecondsAt(readAt);
      exhaustedAt = writtenJustNow({ wallSeconds, readAt, endSeenAt, zoneSeconds }) ?? exhaustedAt;
    },
    watch: (path) => ({
      ...path,
      async poll() {
        const startedAt = now();
        // What a file holds that was not there, or could not be read, may be old.
        const wasOpen = path.isOpen();
        const more = await path.poll();
        if (!more && wasOpen) endSeenAt = startedAt;
        return more;
      },
    }),
    saysExhausted: () => isJustNow(exhaustedAt, now()),
  };
}

function zoneSecondsAt(atSeconds: number): number {
  return -60 * new Date(atSeconds * 1000).getTimezoneOffset();
}
