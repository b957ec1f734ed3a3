import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import { createLogRecord, type LogRecord } from '../../src/snapshot/log-record.ts';

/** Each with numbers before another text: a space, a quote, a list, a letter, a digit, a point, nothing. */
const formats = [
  '$remote_addr [$time_local] "$request" $status $body_bytes_sent rt=$request_time urt=$upstream_response_time',
  '$request_time : $upstream_connect_time, $upstream_response_time $status',
  '"$request_time" "$upstream_response_time" "$bytes_sent" $connection_requests',
  '$request_time.$bytes_sent $status',
  '%O7%>s %Dx%k %{remote}p',
  '$msec $connection $remote_addr $remote_port $connection_requests',
  '%h %t "%r" %>s %O %D %k %X %{remote}p %{msec}t',
  '[$time_iso8601] $status $request_time',
  '%{%Y-%m-%d %H:%M:%S %z}t %D',
];

type Parse = (line: Buffer) => LogRecord | undefined;

function reader(format: string, plain: boolean): Parse {
  const parsed = parseLogFormat({ format, plain, addressKey: [1, 2] });
  if (!parsed.ok) throw new Error(parsed.error);
  // One for all lines, as in the exporter: what is left of the line before would be seen.
  const record = createLogRecord();
  return (line) => (parsed.value.parse(line, 0, line.length, record) ? { ...record } : undefined);
}

const numbers = fc.oneof(
  fc.nat({ max: 99_999 }).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 26n }).map(String),
  fc.tuple(fc.nat(), fc.nat({ max: 9999 })).map(([whole, part]) => `${whole}.${part}`),
  fc.constantFrom(
    '0.000',
    '-',
    '',
    '.',
    '5.',
    '.5',
    '1.2.3',
    '007',
    '1e3',
    '+1',
    '0.1, 0.2',
    '-, - : 0.004',
  ),
);
const times = fc.constantFrom(
  '21/Nov/2026:03:18:00 +0000',
  '21/Nov/2026:03:18:01 +0000',
  '[21/Nov/2026:03:18:01 +0100]',
  '31/Feb/2026:03:18:01 +0000',
  '2026-11-21T03:18:00+00:00',
  '2026-11-21T03:18:00.123456+00:00',
  '2026-11-21 03:18:00 +0000',
  'x'.repeat(40),
  '-',
);
const values = fc.oneof(
  { weight: 5, arbitrary: numbers },
  { weight: 3, arbitrary: times },
  fc.constantFrom('GET / HTTP/1.1', '203.0.113.9', '[::1]', '+'),
);

const lines = (format: string) =>
  fc.array(
    fc.array(values, { minLength: 12, maxLength: 12 }).map((texts) => {
      const left = [...texts];
      return Buffer.from(format.replace(/\$\w+|%>?(?:\{[^}]*\})?\w/g, () => left.shift() ?? ''));
    }),
    { maxLength: 20 },
  );

test.each(formats)('every line of %s is read as without the short cuts', (format) => {
  fc.assert(
    fc.property(lines(format), (some) => {
      const [quick, plain] = [reader(format, false), reader(format, true)];
      for (const line of some) expect(quick(line)).toEqual(plain(line));
    }),
  );
});

test('digits before the end of the line are not taken from the line after it', () => {
  const parse = parseLogFormat({ format: '$status $request_time' });
  if (!parse.ok) throw new Error(parse.error);
  const bytes = Buffer.from('200 0.25\n00 1');
  const record = createLogRecord();
  expect(parse.value.parse(bytes, 0, 8, record)).toBe(true);
  expect(record.requestSeconds).toBe(0.25);
  expect(parse.value.parse(bytes, 0, 6, record)).toBe(true);
  expect(record.requestSeconds).toBe(0);
});
