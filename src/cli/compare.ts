import { comparePeriods } from '../derive/compare-periods.ts';
import type { TargetSelection } from '../derive/period-queries.ts';
import { createPrometheusClient, type PrometheusClient } from '../io/query-prometheus.ts';
import { readLogPeriod } from '../pipeline/read-log-period.ts';
import { findConfigChange, readPeriod } from '../pipeline/read-period.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type { Period } from '../snapshot/period.ts';
import type { CommandArguments } from './command-flags.ts';
import type { compareFlags } from './compare-flags.ts';
import { type CompareQuestion, readCompareQuestion } from './compare-question.ts';
import type { CliIo } from './io.ts';
import type { TimeRange } from './read-range.ts';
import { comparisonJson, renderComparison } from './render-comparison.ts';
import { wrongUse } from './wrong-use.ts';

/** Prints each figure before and after. Exit code 1 when one is worse or nothing can be read, 2 for wrong use. */
export async function compare({ flags }: CommandArguments<typeof compareFlags>, io: CliIo) {
  const question = readCompareQuestion(flags, io.now());
  if (!question.ok) return wrongUse('compare', question.error, io);
  const periods = await readPeriods(question.value, io.now());
  if (!periods.ok) {
    io.stderr(`keepalive-exporter compare: ${periods.error}\n`);
    return 1;
  }
  const compared = { ...periods.value, seed: question.value.seed };
  const comparison = comparePeriods(compared);
  io.stdout(
    flags.output?.[0] === 'json'
      ? `${JSON.stringify(comparisonJson(compared, comparison), null, 2)}\n`
      : renderComparison(compared, comparison),
  );
  const failed = ['worse', 'go_back_a_step', 'too_few_samples'];
  return comparison.findings.some(({ kind }) => failed.includes(kind)) ? 1 : 0;
}

interface Periods {
  readonly before: Period;
  readonly after: Period;
}

async function readPeriods(question: CompareQuestion, now: Date): Promise<Result<Periods, string>> {
  const { source } = question;
  const read =
    source.kind === 'logs'
      ? await readBoth(
          () => readLogs(source, source.before, question.timeoutBeforeSeconds),
          () => readLogs(source, source.after, question.timeoutAfterSeconds),
        )
      : await readFromPrometheus(source, now);
  if (!read.ok) return read;
  const { before, after } = read.value;
  return ok({
    before: { ...before, ...present({ keepaliveTimeoutSeconds: question.timeoutBeforeSeconds }) },
    after: { ...after, ...present({ keepaliveTimeoutSeconds: question.timeoutAfterSeconds }) },
  });
}

function readLogs(
  { format, stepSeconds }: Extract<CompareQuestion['source'], { kind: 'logs' }>,
  paths: readonly string[],
  timeoutSeconds: number | undefined,
): Promise<Result<Period, string>> {
  return readLogPeriod({ paths, format, stepSeconds, ...present({ timeoutSeconds }) });
}

async function readBoth(
  readBefore: () => Promise<Result<Period, string>>,
  readAfter: () => Promise<Result<Period, string>>,
): Promise<Result<Periods, string>> {
  const before = await readBefore();
  if (!before.ok) return before;
  const after = await readAfter();
  return after.ok ? ok({ before: before.value, after: after.value }) : after;
}

type PrometheusSource = Extract<CompareQuestion['source'], { kind: 'prometheus' }>;

async function readFromPrometheus(
  source: PrometheusSource,
  now: Date,
): Promise<Result<Periods, string>> {
  const client = createPrometheusClient(source.url);
  const ranges =
    source.ranges === undefined ? await rangesAround(client, source, now) : ok(source.ranges);
  if (!ranges.ok) return ranges;
  const { before, after } = ranges.value;
  const stepSeconds = source.stepSeconds ?? stepFor(Math.min(lengthOf(before), lengthOf(after)));
  const periods = await readBoth(
    () => readPeriod(client, source, { ...before, stepSeconds }),
    () => readPeriod(client, source, { ...after, stepSeconds }),
  );
  if (!periods.ok || periods.value.before.steps.length + periods.value.after.steps.length > 0) {
    return periods;
  }
  return err(
    `Prometheus has no figure of target "${source.target}" in either period; check --target, --match and the periods`,
  );
}

/** Sixty samples, but each long enough for two scrapes at a usual interval. */
function stepFor(lengthSeconds: number): number {
  return Math.max(60, Math.ceil(lengthSeconds / 60));
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

async function rangesAround(
  client: PrometheusClient,
  source: PrometheusSource & TargetSelection,
  now: Date,
): Promise<Result<{ before: TimeRange; after: TimeRange }, string>> {
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const stepSeconds = searchStep(source.lookbackSeconds);
  const change = await findConfigChange(client, source, {
    startSeconds: nowSeconds - source.lookbackSeconds,
    endSeconds: nowSeconds,
    stepSeconds,
  });
  if (!change.ok) return change;
  const [changedFrom, changedTo] = [change.value - stepSeconds, change.value + settleSeconds];
  const after = {
    startSeconds: changedTo,
    endSeconds: Math.min(nowSeconds, changedTo + source.windowSeconds),
  };
  if (lengthOf(after) <= 0)
    return err(
      'the last configuration change is less than a minute old; wait, or give --before and --after',
    );
  return ok({
    before: { startSeconds: changedFrom - source.windowSeconds, endSeconds: changedFrom },
    after,
  });
}
