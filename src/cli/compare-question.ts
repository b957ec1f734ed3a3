import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type { CommandFlags } from './command-flags.ts';
import type { compareFlags } from './compare-flags.ts';
import { readNumbers } from './read-numbers.ts';
import { readHttpUrl, readSeconds, readWhole } from './read-quantity.ts';
import { readRange, type TimeRange } from './read-range.ts';

export interface CompareQuestion {
  readonly source: PrometheusQuestion | LogQuestion;
  readonly seed: number;
  readonly timeoutBeforeSeconds?: number;
  readonly timeoutAfterSeconds?: number;
}

export interface PrometheusQuestion {
  readonly kind: 'prometheus';
  readonly url: URL;
  readonly target: string;
  readonly matchers: string;
  /** Absent: before and after the last configuration change. */
  readonly ranges?: { readonly before: TimeRange; readonly after: TimeRange };
  readonly windowSeconds: number;
  readonly lookbackSeconds: number;
  readonly stepSeconds?: number;
}

interface LogQuestion {
  readonly kind: 'logs';
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly format: string;
  readonly stepSeconds: number;
}

type Flags = CommandFlags<typeof compareFlags>;
type FlagName = keyof typeof compareFlags;

/** The question that the flags ask. An error names the wrong flag. */
export function readCompareQuestion(flags: Flags, now: Date): Result<CompareQuestion, string> {
  const numbers = readNumbers(numberReaders, flags);
  if (!numbers.ok) return numbers;
  const source = wantsLogs(flags)
    ? readLogQuestion(flags, numbers.value)
    : readPrometheusQuestion(flags, numbers.value, now);
  if (!source.ok) return source;
  const { seed = 1, 'timeout-before': before, 'timeout-after': after } = numbers.value;
  return ok({
    source: source.value,
    seed,
    ...present({ timeoutBeforeSeconds: before, timeoutAfterSeconds: after }),
  });
}

const numberReaders = {
  window: readSeconds,
  lookback: readSeconds,
  step: readSeconds,
  'timeout-before': readSeconds,
  'timeout-after': readSeconds,
  seed: readWhole,
} as const;

type Numbers = Partial<Record<keyof typeof numberReaders, number>>;

function wantsLogs(flags: Flags): boolean {
  return flags['before-log'] !== undefined || flags['after-log'] !== undefined;
}

const ofPrometheus: readonly FlagName[] = ['prometheus.url', 'target', 'match', 'before', 'after'];

function readLogQuestion(flags: Flags, { step = 60 }: Numbers): Result<LogQuestion, string> {
  const { 'before-log': before, 'after-log': after, format } = flags;
  const other = ofPrometheus.find((name) => flags[name] !== undefined);
  if (other !== undefined)
    return err(`--${other} cannot be combined with --before-log and --after-log`);
  if (before === undefined || after === undefined) {
    return err('give both --before-log and --after-log');
  }
  return ok({ kind: 'logs', before, after, format: format?.[0] ?? 'combined', stepSeconds: step });
}

function readPrometheusQuestion(
  flags: Flags,
  { window = 0, lookback = 0, step }: Numbers,
  now: Date,
): Result<PrometheusQuestion, string> {
  const [address] = flags['prometheus.url'] ?? [];
  const [target] = flags.target ?? [];
  if (address === undefined || target === undefined) {
    return err('give --prometheus.url and --target, or --before-log and --after-log');
  }
  const url = readHttpUrl(address);
  if (url === undefined) return err(`--prometheus.url="${address}": want http://HOST:PORT`);
  const ranges = readRanges(flags, now);
  if (!ranges.ok) return ranges;
  return ok({
    kind: 'prometheus',
    url,
    target,
    matchers: flags.match?.[0] ?? '',
    windowSeconds: window,
    lookbackSeconds: lookback,
    ...present({ ranges: ranges.value, stepSeconds: step }),
  });
}

function readRanges(flags: Flags, now: Date): Result<PrometheusQuestion['ranges'], string> {
  const [before] = flags.before ?? [];
  const [after] = flags.after ?? [];
  if (before === undefined && after === undefined) return ok(undefined);
  if (before === undefined || after === undefined) return err('give both --before and --after');
  const earlier = readRange(before, now);
  if (!earlier.ok) return err(`--before="${before}": ${earlier.error}`);
  const later = readRange(after, now);
  if (!later.ok) return err(`--after="${after}": ${later.error}`);
  return ok({ before: earlier.value, after: later.value });
}
