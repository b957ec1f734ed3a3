import { type AdviceOptions, adviseKeepalive } from '../../src/derive/advise-keepalive.ts';
import { createGapTracker } from '../../src/derive/gap-state.ts';
import { summarizeGaps } from '../../src/derive/gap-tracker.ts';
import { type Line, track } from '../derive/log-lines.ts';

const startSeconds = Date.UTC(2026, 10, 21, 3) / 1000;

/** Each second a visitor with two requests 1.5 s apart on one connection, for twenty minutes, under a timeout of 30 s. */
export function steadyTracker() {
  const lines: readonly Line[] = Array.from({ length: 1200 }, (_, n) => {
    const client = { client: n, connection: n, seconds: 0.5 };
    const from = startSeconds + n;
    return [
      { ...client, end: from + 0.5, number: 1 },
      { ...client, end: from + 2.5, number: 2 },
    ];
  })
    .flat()
    .toSorted((a, b) => a.end - b.end);
  const tracker = createGapTracker({ todaySeconds: 30 });
  track(tracker, lines);
  return tracker;
}

export function steadyGaps() {
  return summarizeGaps(steadyTracker());
}

/** An advice for a prefork that needs a shorter timeout. */
export function steadyAdvice(options: Partial<AdviceOptions> = {}) {
  return adviseKeepalive({ summary: steadyGaps(), server: 'prefork', slots: 20, ...options });
}
