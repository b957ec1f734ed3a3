import { createGapTracker, type GapTracker } from '../derive/gap-state.ts';
import { summarizeGaps } from '../derive/gap-tracker.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { KeepaliveTimeout, LogView } from '../snapshot/log-source.ts';

/** The gaps on the connections in a target's access logs, under one keep-alive timeout. */
export interface FollowedGaps {
  /** Takes the records; replaced when the timeout changes. */
  readonly tracker: GapTracker;
  view(): Pick<LogView, 'gaps' | 'keepaliveTimeout'>;
  /** @param todaySeconds the timeout in force, if it is known */
  summarize(todaySeconds?: number): GapSummary;
}

export function followGaps(timeout: KeepaliveTimeout): FollowedGaps {
  return new Gaps(timeout);
}

class Gaps implements FollowedGaps {
  tracker: GapTracker;
  #timeout: KeepaliveTimeout;

  constructor(timeout: KeepaliveTimeout) {
    this.#timeout = timeout;
    this.tracker = createGapTracker({ todaySeconds: timeout.seconds });
  }

  view(): Pick<LogView, 'gaps' | 'keepaliveTimeout'> {
    const { gaps, missed } = this.tracker;
    return {
      gaps: { gap: gaps.histogram, missed: missed.histogram },
      keepaliveTimeout: this.#timeout,
    };
  }

  summarize(todaySeconds?: number): GapSummary {
    // Under another timeout the gaps mean something else: those seen so far are discarded.
    if (todaySeconds !== undefined && todaySeconds !== this.#timeout.seconds) {
      this.#timeout = { seconds: todaySeconds, source: 'config' };
      this.tracker = createGapTracker({ todaySeconds });
    }
    return summarizeGaps(this.tracker);
  }
}
