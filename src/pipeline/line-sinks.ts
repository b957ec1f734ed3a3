import type { LogsConfig, TargetConfig } from '../config/schema.ts';
import type { GapTracker } from '../derive/gap-state.ts';
import { trackRecord } from '../derive/gap-tracker.ts';
import { createLogCounts, foldRecord, foldUnparsed } from '../derive/log-fold.ts';
import { type ErrorLogEvent, errorLogEvents } from '../parse/error-log-event.ts';
import { createErrorLogReader, type ErrorLogFinding } from '../parse/error-log-reader.ts';
import type { CompiledFormat } from '../parse/log-format/compile.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import { ABSENT, createLogRecord, fieldBit, type LogRecord } from '../snapshot/log-record.ts';
import type { ServerKind } from '../snapshot/status-page.ts';

export type ErrorEventCounts = Record<ErrorLogEvent, number>;

export function noErrorEvents(): ErrorEventCounts {
  return Object.fromEntries(errorLogEvents.map((event) => [event, 0])) as ErrorEventCounts;
}

/** Counts of a target with access logs; virtual hosts of all its sources together. */
export function noAccessCounts({ access_logs }: TargetConfig, logs: LogsConfig): LogCounts {
  return createLogCounts({
    requestDurationBuckets: logs.request_duration_buckets,
    upstreamConnectBuckets: logs.upstream_buckets,
    upstreamResponseBuckets: logs.upstream_buckets,
    vhosts: vhostsOf(access_logs),
  });
}

export function vhostsOf(sources: TargetConfig['access_logs']): readonly string[] {
  return [...new Set(sources.flatMap(({ vhosts }) => vhosts))];
}

export interface AccessSinkOptions {
  readonly counts: LogCounts;
  readonly format: CompiledFormat;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Given where the format tells connections apart. */
  readonly tracked?: { readonly tracker: GapTracker };
}

/** Where the lines of an access log go: parsed into one reused record, folded into the target's counts. */
export function accessSink({ counts, format, now, tracked }: AccessSinkOptions): LineConsumer {
  const record = createLogRecord();
  const refuseFuture = createFutureGuard(now);
  return (bytes, start, end) => {
    if (start === end) return;
    if (format.parse(bytes, start, end, record)) {
      refuseFuture(record);
      foldRecord(counts, record);
      if (tracked !== undefined) trackRecord(tracked.tracker, record);
    } else foldUnparsed(counts);
  };
}

/** Clocks and zones of servers may be wrong by less than that. */
const daySeconds = 86_400;
const badTime = fieldBit('time');

/** A time from the future would be the newest for ever. The clock is asked only when a line is newer than all before. */
function createFutureGuard(now: () => number): (record: LogRecord) => void {
  let latest = Number.NEGATIVE_INFINITY;
  return (record) => {
    if (record.unixSeconds <= latest) return;
    latest = now() + daySeconds;
    if (record.unixSeconds <= latest) return;
    record.unixSeconds = ABSENT;
    record.badFields |= badTime;
  };
}

/** Error-log lines are few: text is good enough. Longer ones say nothing more about slots. */
const longestErrorText = 4096;

export interface ErrorSinkOptions {
  readonly server: ServerKind;
  readonly counts: ErrorEventCounts;
  readonly onEvent: (finding: ErrorLogFinding) => void;
}

export function errorSink({ server, counts, onEvent }: ErrorSinkOptions): LineConsumer {
  const read = createErrorLogReader(server);
  return (bytes, start, end) => {
    const length = Math.min(end - start, longestErrorText);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1');
    const finding = read(text, end - start);
    if (finding === undefined) return;
    counts[finding.event] += 1;
    onEvent(finding);
  };
}
