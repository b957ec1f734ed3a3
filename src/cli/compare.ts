import { comparePeriods } from '../derive/compare-periods.ts';
import type { ConfigChange } from '../derive/config-change.ts';
import { createPrometheusClient } from '../io/query-prometheus.ts';
import { readLogPeriod } from '../pipeline/read-log-period.ts';
import { readPeriod } from '../pipeline/read-period.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type { Period } from '../snapshot/period.ts';
import type { CommandArguments } from './command-flags.ts';
import type { compareFlags } from './compare-flags.ts';
import {
  type CompareQuestion,
  type PrometheusQuestion,
  readCompareQuestion,
} from './compare-question.ts';
import { type ComparedRanges, rangesAround, stepFor } from './compared-ranges.ts';
import type { CliIo } from './io.ts';
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
  const { change, ...both } = periods.value;
  const compared = { ...both, seed: question.value.seed };
  const comparison = { ...comparePeriods(compared), ...present({ change }) };
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
  /** The change between them, where it was searched. */
  readonly change?: ConfigChange;
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
  const { before, after, change } = read.value;
  const { timeout } = change ?? {};
  const { timeoutBeforeSeconds = timeout?.beforeSeconds } = question;
  const { timeoutAfterSeconds = timeout?.afterSeconds } = question;
  return ok({
    before: { ...before, ...present({ keepaliveTimeoutSeconds: timeoutBeforeSeconds }) },
    after: { ...after, ...present({ keepaliveTimeoutSeconds: timeoutAfterSeconds }) },
    ...present({ change }),
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

async function readFromPrometheus(
  source: PrometheusQuestion,
  now: Date,
): Promise<Result<Periods, string>> {
  const client = createPrometheusClient(source.url);
  const ranges: Result<ComparedRanges, string> =
    source.ranges === undefined ? await rangesAround(client, source, now) : ok(source.ranges);
  if (!ranges.ok) return ranges;
  const { before, after, change } = ranges.value;
  const step = await stepFor(client, source, ranges.value);
  if (!step.ok) return step;
  const stepSeconds = step.value;
  const periods = await readBoth(
    () => readPeriod(client, source, { ...before, stepSeconds }),
    () => readPeriod(client, source, { ...after, stepSeconds }),
  );
  if (!periods.ok) return periods;
  if (periods.value.before.steps.length + periods.value.after.steps.length > 0) {
    return ok({ ...periods.value, ...present({ change }) });
  }
  return err(
    `Prometheus has no figure of target "${source.target}" in either period; check --target, --match and the periods`,
  );
}
