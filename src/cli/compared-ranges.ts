import type { ConfigChange } from '../derive/config-change.ts';
import type { PrometheusClient } from '../io/query-prometheus.ts';
import { findConfigChange, findScrapeInterval } from '../pipeline/read-period.ts';
import { err, ok, type Result } from '../result.ts';
import type { PrometheusQuestion } from './compare-question.ts';
import type { TimeRange } from './read-range.ts';

export interface ComparedRanges {
  readonly before: TimeRange;
  readonly after: TimeRange;
  readonly change?: ConfigChange;
}

/** About sixty samples, each long enough for two scrapes: counters need two to increase. */
export async function stepFor(
  client: PrometheusClient,
  source: PrometheusQuestion,
  { before, after }: ComparedRanges,
): Promise<Result<number, string>> {
  if (source.stepSeconds !== undefined) return ok(source.stepSeconds);
  const interval = await findScrapeInterval(client, source, after.endSeconds);
  if (!interval.ok) return interval;
  const sixtieth = Math.min(lengthOf(before), lengthOf(after)) / 60;
  return ok(Math.ceil(Math.max(60, sixtieth, 2 * Math.round(interval.value ?? 0))));
}

function lengthOf({ startSeconds, endSeconds }: TimeRange): number {
  return endSeconds - startSeconds;
}

/** A point each minute; Prometheus refuses more than 11,000. */
function searchStep(lookbackSeconds: number): number {
  return Math.max(60, Math.ceil(lookbackSeconds / 10_000));
}

/** Old workers still finish their connections: the minute after a change is in neither period. */
const settleSeconds = 60;

export async function rangesAround(
  client: PrometheusClient,
  source: PrometheusQuestion,
  now: Date,
): Promise<Result<ComparedRanges, string>> {
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const stepSeconds = searchStep(source.lookbackSeconds);
  const change = await findConfigChange(client, source, {
    startSeconds: nowSeconds - source.lookbackSeconds,
    endSeconds: nowSeconds,
    stepSeconds,
  });
  if (!change.ok) return change;
  const { atSeconds } = change.value;
  const [changedFrom, changedTo] = [atSeconds - stepSeconds, atSeconds + settleSeconds];
  const after = {
    startSeconds: changedTo,
    endSeconds: Math.min(nowSeconds, changedTo + source.windowSeconds),
  };
  if (lengthOf(after) <= 0) {
    return err(
      'the last configuration change is less than a minute old; wait, or give --before and --after',
    );
  }
  return ok({
    before: { startSeconds: changedFrom - source.windowSeconds, endSeconds: changedFrom },
    after,
    change: change.value,
  });
}
