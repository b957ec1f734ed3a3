import { expect, test } from 'vitest';
import { createLogCounts } from '../../src/derive/log-fold.ts';
import { parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import { accessSink } from '../../src/pipeline/line-sinks.ts';
import { checkedFields } from '../../src/snapshot/log-record.ts';

const start = Date.UTC(2026, 10, 21, 3, 18) / 1000;

test('B20 accessSink() takes no time from the future: it would stay the newest', () => {
  const format = parseLogFormat({ format: '$msec $status' });
  if (!format.ok) throw new Error(format.error);
  const buckets = {
    requestDurationBuckets: [1],
    upstreamConnectBuckets: [1],
    upstreamResponseBuckets: [1],
  };
  const counts = createLogCounts(buckets);
  let now = start;
  const sink = accessSink({ counts, format: format.value, now: () => now });
  const push = (seconds: number) => {
    const bytes = Buffer.from(`${seconds} 200`);
    sink(bytes, 0, bytes.length);
  };
  push(start - 5);
  push(start + 3 * 86_400);
  push(start + 60);
  expect(counts).toMatchObject({ lastLineSeconds: start + 60, linesParsed: 3 });
  expect(counts.badFields[checkedFields.indexOf('time')]).toBe(1);
  now = start + 3 * 86_400;
  push(now);
  expect(counts.lastLineSeconds).toBe(now);
});
