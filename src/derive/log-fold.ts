import type { RunningHistogram } from '../snapshot/histogram.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import {
  ABSENT,
  checkedFields,
  type LogMethod,
  type LogProtocol,
  type LogRecord,
  logMethods,
  logProtocols,
  requestTimeout,
} from '../snapshot/log-record.ts';
import { emptyHistogram } from './histogram.ts';

/** `connections_reached_total{requests}`: how many connections made at least this number of requests. */
export const connectionThresholds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const;

/**
 * The position of the threshold for each number of requests, counted from 1; 0 for other numbers. A search would be
 * slower.
 */
const thresholdOf = new Uint8Array(Math.max(...connectionThresholds) + 1);
for (const [index, threshold] of connectionThresholds.entries()) thresholdOf[threshold] = index + 1;

const lowestCode = 100;
const highestCode = 599;
const otherCode = highestCode - lowestCode + 1;
const codeCount = otherCode + 1;

export interface LogCountsOptions {
  readonly requestDurationBuckets: readonly number[];
  readonly upstreamConnectBuckets: readonly number[];
  readonly upstreamResponseBuckets: readonly number[];
  readonly vhosts?: readonly string[];
}

export interface ResponseCount {
  readonly method: LogMethod;
  /** `100` to `599`, or `other`. */
  readonly code: string;
  readonly protocol: LogProtocol;
  /** A name of the allow-list or `other`; absent without an allow-list. */
  readonly vhost?: string;
  readonly count: number;
}

export function createLogCounts(options: LogCountsOptions): LogCounts {
  return {
    vhosts: options.vhosts ?? [],
    responses: Array.from({ length: codeCount }, () => null),
    requestDuration: emptyHistogram(options.requestDurationBuckets),
    upstreamConnect: emptyHistogram(options.upstreamConnectBuckets),
    upstreamResponse: emptyHistogram(options.upstreamResponseBuckets),
    responseBytes: 0,
    clientAborts: 0,
    timeoutsBeforeRequest: 0,
    timeoutsInRequest: 0,
    connectionsReached: zeros(connectionThresholds.length),
    badFields: zeros(checkedFields.length),
    ownRequests: 0,
    linesParsed: 0,
    linesUnparsed: 0,
    lastLineSeconds: null,
  };
}

/**
 * Adds one parsed line. Every line counts except requests of the exporter. The `OPTIONS *` that Apache sends to itself
 * (internal dummy connection) counts, too: it occupies a worker, and the totals match the length of the log.
 */
export function foldRecord(counts: LogCounts, record: LogRecord): void {
  if (record.own) {
    counts.ownRequests++;
    return;
  }
  counts.linesParsed++;
  if (record.badFields !== 0) countBadFields(counts, record.badFields);
  if (record.status !== ABSENT) countResponse(counts, record);
  observe(counts.requestDuration, record.requestSeconds);
  observe(counts.upstreamConnect, record.upstreamConnectSeconds);
  observe(counts.upstreamResponse, record.upstreamResponseSeconds);
  if (record.bytes > 0) counts.responseBytes += record.bytes;
  if (record.aborted) counts.clientAborts++;
  if (record.status === requestTimeout) countTimeout(counts, record);
  if (record.requestOnConnection > 0) countReached(counts, record.requestOnConnection);
  if (record.unixSeconds !== ABSENT) keepNewest(counts, record.unixSeconds);
}

/** Counts a line that does not follow the log's format. */
export function foldUnparsed(counts: LogCounts): void {
  counts.linesUnparsed++;
}

/** The responses so far; combinations that never occurred are left out. */
export function* listResponses(counts: LogCounts): Generator<ResponseCount> {
  for (const [code, row] of counts.responses.entries()) {
    for (const [cell, count] of (row ?? []).entries()) {
      if (count > 0) yield describeResponse(counts, { code, cell, count });
    }
  }
}

const responseClasses = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] as const;
export type ResponseClass = (typeof responseClasses)[number];

/** Responses by class; 0 for a class that never occurred. */
export function countByClass(counts: LogCounts): ReadonlyMap<ResponseClass, number> {
  const totals = new Map<ResponseClass, number>(responseClasses.map((name) => [name, 0]));
  for (const [code, row] of counts.responses.entries()) {
    const name = responseClasses[Math.floor(code / 100)] ?? 'other';
    const sum = (row ?? []).reduce((total, count) => total + count, 0);
    totals.set(name, (totals.get(name) ?? 0) + sum);
  }
  return totals;
}

function describeResponse(
  counts: LogCounts,
  { code, cell, count }: { code: number; cell: number; count: number },
): ResponseCount {
  const perVhost = logMethods.length * logProtocols.length;
  const withinVhost = cell % perVhost;
  const response = {
    method: logMethods[withinVhost % logMethods.length] ?? 'other',
    code: code === otherCode ? 'other' : String(code + lowestCode),
    protocol: logProtocols[Math.floor(withinVhost / logMethods.length)] ?? 'other',
    count,
  };
  if (counts.vhosts.length === 0) return response;
  return { ...response, vhost: counts.vhosts[Math.floor(cell / perVhost)] ?? 'other' };
}

function countResponse(counts: LogCounts, record: LogRecord): void {
  const status = record.status;
  const code = status >= lowestCode && status <= highestCode ? status - lowestCode : otherCode;
  const row = counts.responses[code] ?? startRow(counts, code);
  const vhosts = counts.vhosts.length;
  const vhost = vhosts === 0 ? 0 : record.vhost === ABSENT ? vhosts : record.vhost;
  const cell = (vhost * logProtocols.length + record.protocol) * logMethods.length + record.method;
  row[cell] = (row[cell] ?? 0) + 1;
}

function startRow(counts: LogCounts, code: number): number[] {
  const vhosts = counts.vhosts.length === 0 ? 1 : counts.vhosts.length + 1;
  const row = zeros(vhosts * logProtocols.length * logMethods.length);
  counts.responses[code] = row;
  return row;
}

/** A linear search: most durations fall into the first buckets. */
function observe(histogram: RunningHistogram, seconds: number): void {
  if (seconds < 0) return;
  const bounds = histogram.upperBounds;
  let bucket = 0;
  while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket++;
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  histogram.sum += seconds;
}

function countBadFields(counts: LogCounts, bits: number): void {
  for (let index = 0; index < checkedFields.length; index++) {
    if ((bits & (1 << index)) !== 0) counts.badFields[index] = (counts.badFields[index] ?? 0) + 1;
  }
}

/** Apache logs `"-" 408` for a connection that timed out before its first request (protocol.c, read_request_line). */
function countTimeout(counts: LogCounts, record: LogRecord): void {
  if (record.requestEmpty) counts.timeoutsBeforeRequest++;
  else counts.timeoutsInRequest++;
}

/** The line with request number k shows that its connection reached k requests, so connections need not be tracked. */
function countReached(counts: LogCounts, request: number): void {
  const threshold = thresholdOf[request] ?? 0;
  if (threshold === 0) return;
  const reached = counts.connectionsReached;
  reached[threshold - 1] = (reached[threshold - 1] ?? 0) + 1;
}

/**
 * Lines are written when requests end, but Apache logs the time at which they began: the last line is not always the
 * newest.
 */
function keepNewest(counts: LogCounts, unixSeconds: number): void {
  if (counts.lastLineSeconds === null || unixSeconds > counts.lastLineSeconds) {
    counts.lastLineSeconds = unixSeconds;
  }
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}
