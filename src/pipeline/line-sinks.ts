import type { LogsConfig, TargetConfig } from '../config/schema.ts';
import type { GapTracker } from '../derive/gap-state.ts';
import { trackRecord } from '../derive/gap-tracker.ts';
import { createLogCounts, foldRecord, foldUnparsed } from '../derive/log-fold.ts';
import type { ErrorLogEvent } from '../parse/error-log-event.ts';
import { createErrorLogReader, type ErrorLogFinding } from '../parse/error-log-reader.ts';
import type { CompiledFormat } from '../parse/log-format/compile.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import { ABSENT, createLogRecord, fieldBit, type LogRecord } from '../snapshot/log-record.ts';
import type { ServerKind } from '../snapshot/status-page.ts';

export type ErrorEventCounts = Record<ErrorLogEvent, number>;

export function noErrorEvents(): ErrorEventCounts {
  return {
    max_request_workers: 0,
    near_max_request_workers: 0,
    scoreboard_full: 0,
    worker_connections_exhausted: 0,
    keepalive_reclaimed: 0,
    too_many_open_files: 0,
    request_read_timeout: 0,
  };
}

/** Counts of zero for a target with access logs; they include the virtual hosts of all its sources. */
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
  /** Present where the format identifies connections. */
  readonly gaps?: { readonly tracker: GapTracker };
}

/** Parses each line of an access log into one reused record, and adds it to the target's counts. */
export function accessSink({ counts, format, now, gaps }: AccessSinkOptions): LineConsumer {
  const record = createLogRecord();
  const refuseFuture = createFutureGuard(now);
  return (bytes, start, end) => {
    if (start === end) return;
    if (format.parse(bytes, start, end, record)) {
      refuseFuture(record);
      foldRecord(counts, record);
      if (gaps !== undefined) trackRecord(gaps.tracker, record);
    } else foldUnparsed(counts);
  };
}

/** The clock and time zone of a server may be wrong by less than this. */
const daySeconds = 86_400;
const badTime = fieldBit('time');

/** A time in the future would stay the newest. The clock is read only when a line is newer than all before it. */
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

/** What follows in a longer line has nothing to do with slots. */
const maximumErrorText = 4096;

export interface ErrorSinkOptions {
  readonly server: ServerKind;
  readonly counts: ErrorEventCounts;
  readonly onEvent: (finding: ErrorLogFinding) => void;
}

export function errorSink({ server, counts, onEvent }: ErrorSinkOptions): LineConsumer {
  const read = createErrorLogReader(server);
  return (bytes, start, end) => {
    const length = Math.min(end - start, maximumErrorText);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1');
    const finding = read(text, end - start);
    if (finding === undefined) return;
    counts[finding.event] += 1;
    onEvent(finding);
  };
}
