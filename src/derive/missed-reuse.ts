import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { Range } from '../snapshot/prediction.ts';
import { always, sum } from './ranges.ts';

interface Evidence {
  readonly summary: GapSummary;
  readonly isBehindProxy: boolean;
}

/** Missed reuse that a timeout above today's would have kept; it then counts as a gap. */
export function gainedReuse({ summary, isBehindProxy }: Evidence, timeout: number) {
  const { todaySeconds, timeouts, missed, tails } = summary;
  if (todaySeconds === undefined || timeout <= todaySeconds || isBehindProxy) {
    return { count: 0, seconds: 0 };
  }
  const from = timeouts.indexOf(todaySeconds) + 1;
  const upTo = timeouts.indexOf(timeout) + 1;
  const found = sum(missed.counts.slice(from, upTo));
  const count = Math.min(found, tails);
  const share = found === 0 ? 0 : count / found;
  return { count, seconds: sum(missed.seconds.slice(from, upTo)) * share };
}

/**
 * Of the visitors that came back within today's timeout, the share that used the connection left open for them. The
 * others opened another one: a browser that needs several at once, or a second visitor behind the same address.
 */
export function returnsReused({ gaps, missed, timeouts, todaySeconds }: GapSummary): number {
  const upTo = todaySeconds === undefined ? 0 : timeouts.indexOf(todaySeconds) + 1;
  const reused = sum(gaps.counts.slice(0, upTo));
  const all = reused + sum(missed.counts.slice(0, upTo));
  return all === 0 ? 0 : reused / all;
}

/**
 * What remains of the tails under a timeout above today's, because a visitor that comes back ends its tail early. The
 * high figure lets only the share of them come back on the same connection that does so today.
 */
export function tailsShortened(evidence: Evidence, timeout: number): Range {
  const { summary } = evidence;
  const { count, seconds } = gainedReuse(evidence, timeout);
  if (count === 0) return always(1);
  const saved = (count * timeout - seconds) / (summary.tails * timeout);
  return { low: 1 - saved, expected: 1 - saved, high: 1 - saved * returnsReused(summary) };
}
