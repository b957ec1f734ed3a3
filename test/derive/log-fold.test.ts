import { describe, expect, test } from 'vitest';
import {
  countByClass,
  createLogCounts,
  foldRecord,
  foldUnparsed,
  listResponses,
} from '../../src/derive/log-fold.ts';
import { restoreCounts } from '../../src/derive/restore-counts.ts';
import { parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import { checkedFields, createLogRecord } from '../../src/snapshot/log-record.ts';

const buckets = {
  requestDurationBuckets: [0.1, 1],
  upstreamConnectBuckets: [1],
  upstreamResponseBuckets: [1],
};

function fold(format: string, lines: readonly string[], vhosts: readonly string[] = []) {
  const parsed = parseLogFormat({ format, vhosts });
  if (!parsed.ok) throw new Error(parsed.error);
  const counts = createLogCounts({ ...buckets, vhosts });
  const record = createLogRecord();
  for (const line of lines) {
    const bytes = Buffer.from(line);
    if (parsed.value.parse(bytes, 0, bytes.length, record)) foldRecord(counts, record);
  }
  return counts;
}

describe('foldRecord()', () => {
  test('B10 hostile methods, protocols, codes and hosts add no series', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `"M${i} / HTTP/${i}.${i}" ${i} host${i}.example`,
    );
    const responses = [...listResponses(fold('"$request" $status $host', lines, ['shop.example']))];
    expect(new Set(responses.map(({ method }) => method))).toEqual(new Set(['other']));
    // The protocols HTTP/0.0 to 3.x that exist, and other; codes 100 to 599, and other.
    expect(responses.length).toBeLessThanOrEqual(7 * 501);
    expect(new Set(responses.map(({ vhost }) => vhost))).toEqual(new Set(['other']));
    expect(responses.reduce((sum, { count }) => sum + count, 0)).toBe(20_000);
  });

  test('separates 408 before a request from 408 in one', () => {
    const counts = fold('"$request" $status', [
      '"-" 408',
      '"" 408',
      '"GET / HTTP/1.1" 408',
      '"GET / HTTP/1.1" 200',
    ]);
    expect(counts).toMatchObject({ timeoutsBeforeRequest: 2, timeoutsInRequest: 1 });
  });

  test('counts connections by the number their line bears', () => {
    const lines = [1, 2, 3, 4, 5, 1, 2, 1].map((number) => `${number} 200`);
    expect(fold('$connection_requests $status', lines).connectionsReached.slice(0, 3)).toEqual([
      3, 2, 1,
    ]);
  });

  test('puts a duration into the bucket whose bound it does not exceed', () => {
    const { requestDuration } = fold('$request_time $status', [
      '0.1 200',
      '0.5 200',
      '7 200',
      '- 200',
    ]);
    expect(requestDuration.counts).toEqual([1, 1, 1]);
    expect(requestDuration.sum).toBeCloseTo(7.6);
  });

  test('counts a duration of 0, which nginx writes for quick requests', () => {
    const { requestDuration } = fold('$request_time', ['0.000', '0.000']);
    expect(requestDuration).toMatchObject({ counts: [2, 0, 0], sum: 0 });
  });

  test('counts no response for a line without a status', () => {
    const counts = fold('$request_time', ['0.5']);
    expect([...listResponses(counts)]).toEqual([]);
    expect(counts.linesParsed).toBe(1);
  });

  test('counts responses as other when the format has no host', () => {
    const responses = [...listResponses(fold('$status', ['200'], ['shop', 'blog']))];
    expect(responses).toMatchObject([{ code: '200', vhost: 'other', count: 1 }]);
  });

  test('counts times of the upstream, sizes and clients that left', () => {
    const counts = fold('$status $bytes_sent $upstream_connect_time $upstream_response_time', [
      '200 1 0.5 2',
      '499 0 - -',
      '200 - 3 0.25',
    ]);
    expect(counts.upstreamConnect).toMatchObject({ counts: [1, 1], sum: 3.5 });
    expect(counts.upstreamResponse).toMatchObject({ counts: [1, 1], sum: 2.25 });
    expect(counts).toMatchObject({ responseBytes: 1, clientAborts: 1 });
  });

  test('keeps the time of the newest line, in any order', () => {
    const format = '$status $time_iso8601';
    expect(fold(format, ['200 -']).lastLineSeconds).toBe(null);
    const lines = ['07', '59', '30'].map((seconds) => `200 2026-11-21T03:18:${seconds}Z`);
    expect(fold(format, lines).lastLineSeconds).toBe(Date.UTC(2026, 10, 21, 3, 18, 59) / 1000);
  });

  test('counts methods, protocols, codes and hosts under their own labels', () => {
    const lines = [
      '"GET / HTTP/1.1" 100 shop',
      '"GET / HTTP/1.1" 100 shop',
      '"POST / HTTP/2.0" 599 blog',
      '"PUT / HTTP/1.0" 600 elsewhere',
      '"PATCH / HTTP/3.0" 099 blog',
    ];
    const named = [...listResponses(fold('"$request" $status $host', lines, ['shop', 'blog']))];
    expect(named).toEqual([
      { method: 'GET', code: '100', protocol: 'HTTP/1.1', vhost: 'shop', count: 2 },
      { method: 'POST', code: '599', protocol: 'HTTP/2.0', vhost: 'blog', count: 1 },
      { method: 'PATCH', code: 'other', protocol: 'HTTP/3.0', vhost: 'blog', count: 1 },
      { method: 'PUT', code: 'other', protocol: 'HTTP/1.0', vhost: 'other', count: 1 },
    ]);
    const unnamed = [...listResponses(fold('"$request" $status $host', lines.slice(0, 1)))];
    expect(unnamed).toEqual([{ method: 'GET', code: '100', protocol: 'HTTP/1.1', count: 1 }]);
  });

  test('counts a line that does not follow the format', () => {
    const counts = createLogCounts(buckets);
    foldUnparsed(counts);
    expect(counts).toMatchObject({ linesParsed: 0, linesUnparsed: 1 });
  });

  test('counts a field that cannot be read by its name, and the line as parsed', () => {
    const counts = fold('$status $request_time $bytes_sent', ['200 fast 5', 'abc 0.5 5']);
    const byName = Object.fromEntries(
      checkedFields.map((field, index) => [field, counts.badFields[index]]),
    );
    expect(byName).toMatchObject({ status: 1, duration: 1, bytes: 0, time: 0 });
    expect(counts).toMatchObject({ linesParsed: 2, responseBytes: 10 });
    expect(counts.requestDuration.sum).toBe(0.5);
  });

  test('counts a request of the exporter itself apart and nowhere else', () => {
    const counts = createLogCounts(buckets);
    const record = { ...createLogRecord(), status: 499, bytes: 5, requestSeconds: 1 };
    foldRecord(counts, { ...record, aborted: true, unixSeconds: 5, badFields: 3, own: true });
    expect(counts).toEqual({ ...createLogCounts(buckets), ownRequests: 1 });
  });

  test('survives a checkpoint unchanged', () => {
    const counts = fold('"$request" $status', ['"GET / HTTP/1.1" 200']);
    expect(JSON.parse(JSON.stringify(counts))).toEqual(counts);
    const vhosts = ['shop', 'blog'];
    const named = fold('"$request" $status $host', ['"BREW / HTTP/9.9" 200 elsewhere'], vhosts);
    const restored = restoreCounts(
      JSON.parse(JSON.stringify(named)),
      createLogCounts({ ...buckets, vhosts }),
    );
    expect(restored).toEqual(named);
  });
});

test('countByClass() has every class before the first line, and adds up all codes of one', () => {
  const all = { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, other: 0 };
  expect(Object.fromEntries(countByClass(createLogCounts(buckets)))).toEqual(all);
  const lines = ['200', '206', '404', '499', '503', '599', '700'];
  expect(Object.fromEntries(countByClass(fold('$status', lines)))).toEqual({
    ...all,
    '2xx': 2,
    '4xx': 2,
    '5xx': 2,
    other: 1,
  });
});
