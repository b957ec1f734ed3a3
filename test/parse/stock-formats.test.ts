import { describe, expect, test } from 'vitest';
import { namedFormats } from '../../src/parse/log-format/named-formats.ts';
import { parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import {
  ABSENT,
  type CheckedField,
  checkedFields,
  createLogRecord,
  type LogRecord,
  logMethods,
} from '../../src/snapshot/log-record.ts';

function compiled(format: string, vhosts: readonly string[] = []) {
  const parsed = parseLogFormat({ format, vhosts });
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** The record of a line; fails when the line does not follow the format. */
function read(format: string, line: string, vhosts: readonly string[] = []): LogRecord {
  const record = createLogRecord();
  const bytes = Buffer.from(line);
  const understood = compiled(format, vhosts).parse(bytes, 0, bytes.length, record);
  expect({ line, understood }).toEqual({ line, understood: true });
  return record;
}

function badFields({ badFields: bits }: LogRecord): readonly CheckedField[] {
  return checkedFields.filter((_, index) => (bits & (1 << index)) !== 0);
}

const unix = (text: string) => Date.parse(text) / 1000;
const at = unix('2026-11-21T03:18:00Z');

/** ingress-nginx, docs/user-guide/nginx-configuration/log-format.md */
const upstreaminfo =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id';

describe('ingress-nginx, several upstreams in unquoted lists', () => {
  const line = (addresses: string, lengths: string, times: string, codes: string) =>
    `10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8" 88 0.104 [shop-80] [] ${addresses} ${lengths} ${times} ${codes} 5f2c`;

  test.each([
    ['one', line('10.1.0.1:80', '512', '0.104', '200'), 0.104],
    ['two tries', line('10.1.0.1:80, 10.1.0.2:80', '0, 512', '0.061, 0.043', '502, 200'), 0.104],
    [
      'two groups',
      line('10.1.0.1:80 : 10.1.0.2:80', '0 : 512', '0.061 : 0.043', '502 : 200'),
      0.104,
    ],
    ['both', line('a:1, b:1 : c:1', '0, 0 : 5', '0.050, - : 0.054', '502, 502 : 200'), 0.104],
    ['IPv6', line('[fd00::1]:80, [fd00::2]:80', '0, 5', '0.1, 0.004', '502, 200'), 0.104],
    ['none', line('-', '-', '-', '-'), ABSENT],
  ])('%s', (_, text, seconds) => {
    for (const format of [upstreaminfo, 'upstreaminfo']) {
      const record = read(format, text);
      expect(record.upstreamResponseSeconds).toBeCloseTo(seconds, 9);
      expect(record).toMatchObject({ status: 200, requestSeconds: 0.104, badFields: 0 });
    }
  });
});

describe('times that hold the text that follows them', () => {
  test.each([
    [
      '%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x \\"%r\\" %b',
      '[21/Nov/2026:03:18:00 +0000] 127.0.0.1 TLSv1.3 TLS_AES_256_GCM_SHA384 "GET / HTTP/1.1" 11',
    ],
    [
      'ssl_request',
      '[21/Nov/2026:03:18:00 +0000] 127.0.0.1 TLSv1.3 TLS_AES_256_GCM_SHA384 "GET / HTTP/1.1" 11',
    ],
    ['$time_local $remote_addr $body_bytes_sent', '21/Nov/2026:03:18:00 +0000 127.0.0.1 11'],
    ['%{%d/%b/%Y:%T %z}t %b', '21/Nov/2026:03:18:00 +0000 11'],
    ['[%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t] %b', '[21/Nov/2026:03:18:00.000 +0000] 11'],
    ['%{%Y-%m-%dT%T}t.%{usec_frac}t%{%z}t %b', '2026-11-21T04:18:00.000000+0100 11'],
    ['%{end:%e %b %Y %H:%M:%S %z}t %b', '21 Nov 2026 03:18:00 +0000 11'],
    ['%{begin}t %b', '[21/Nov/2026:03:18:00 +0000] 11'],
    ['%{end:msec}t %b', `${at}000 11`],
    ['%{begin:usec}t %b', `${at}000000 11`],
    ['%{%s}t %b', `${at} 11`],
    ['%{sec}t %b', `${at} 11`],
  ])('%s', (format, line) => {
    expect(read(format, line)).toMatchObject({ unixSeconds: at, bytes: 11, badFields: 0 });
  });

  test('a time without a zone is passed over, however many spaces it holds', () => {
    const record = read('%{%Y-%m-%d %H:%M:%S}t %b', '2026-11-21 03:18:00 11');
    expect(record).toMatchObject({ unixSeconds: ABSENT, bytes: 11, badFields: 0 });
  });

  test('the fraction of a second is kept', () => {
    const format = '%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t %b';
    expect(read(format, '01/Nov/2026:03:18:00.250 +0000 1').unixSeconds).toBe(
      unix('2026-11-01T03:18:00.250Z'),
    );
  });
});

test.each(['203.0.113.7', '203.0.113.7, 10.0.0.1', '-', 'fd00::1, 10.0.0.1, 10.0.0.2'])(
  'the addresses "%s" of X-Forwarded-For are one field',
  (addresses) => {
    const rest = 'frank [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17';
    expect(
      read('%{X-Forwarded-For}i %l %u %t "%r" %>s %b', `${addresses} - ${rest}`),
    ).toMatchObject({
      status: 200,
      bytes: 17,
    });
    const nginx = '$http_x_forwarded_for $remote_user [$time_local] "$request" $status $bytes_sent';
    expect(read(nginx, `${addresses} ${rest}`)).toMatchObject({ status: 200, bytes: 17 });
  },
);

describe('two fields that say the same', () => {
  test.each([
    ['%D %T', '104000 0', { requestSeconds: 0.104 }],
    ['%T %D', '0 104000', { requestSeconds: 0.104 }],
    ['%T %{ms}T', '0 250', { requestSeconds: 0.25 }],
    ['%O %b', '480 11', { bytes: 480 }],
    ['%b %O', '11 480', { bytes: 480 }],
    ['$bytes_sent $body_bytes_sent', '480 11', { bytes: 480 }],
    ['%>s %s', '200 302', { status: 200 }],
    ['%s %>s', '302 200', { status: 200 }],
    ['$msec [$time_local]', `${at}.5 [21/Nov/2026:03:18:00 +0000]`, { unixSeconds: at + 0.5 }],
    ['[$time_local] $msec', `[21/Nov/2026:03:18:00 +0000] ${at}.5`, { unixSeconds: at + 0.5 }],
  ])('%s: the finest unit, the fullest count, the final status', (format, line, wanted) => {
    expect(read(format, line)).toMatchObject(wanted);
  });

  test('also as keys of a JSON line, in any order', () => {
    expect(read('json', '{"bytes_sent":480,"body_bytes_sent":11}').bytes).toBe(480);
    expect(read('json', '{"body_bytes_sent":11,"bytes_sent":480}').bytes).toBe(480);
  });
});

describe('times of JSON lines', () => {
  test.each([
    ['{"time":"21/Nov/2026:03:18:00 +0000","status":200}'],
    ['{"time_local":"2026-11-21T03:18:00+00:00","status":200}'],
    ['{"time_iso8601":"2026-11-21T04:18:00.000000+01:00","status":200}'],
    ['{"@timestamp":"2026-11-21T03:18:00Z","status":200}'],
    [`{"msec":"${at}.000","status":200}`],
    [`{"msec":${at},"status":200}`],
    [`{"time":${at},"status":200}`],
    [`{"timestamp":${at}000,"status":200}`],
  ])('%s', (line) => {
    expect(read('json', line)).toMatchObject({ unixSeconds: at, status: 200, badFields: 0 });
  });

  test.each(['yesterday', '13', '2026-13-45T99:99:99Z', '99/Foo/2026:03:18:00 +0000'])(
    'the text "%s" is no time, and the rest of the line counts',
    (text) => {
      const record = read('json', JSON.stringify({ time: text, status: 200 }));
      expect(record).toMatchObject({ unixSeconds: ABSENT, status: 200 });
      expect(badFields(record)).toEqual(['time']);
    },
  );
});

describe('$time_iso8601', () => {
  test.each([
    ['2026-11-21T03:18:00+00:00', '2026-11-21T03:18:00Z'],
    ['2026-11-21T00:10:00.123456+01:00', '2026-11-20T23:10:00.123456Z'],
    ['2026-11-21T03:18:00.123456Z', '2026-11-21T03:18:00.123456Z'],
    ['2026-11-21T03:18:00-0530', '2026-11-21T08:48:00Z'],
  ])('%s', (text, wanted) => {
    const record = read('$time_iso8601 $status', `${text} 200`);
    expect(record.unixSeconds).toBeCloseTo(unix(wanted), 2);
  });

  test.each([
    'zzzz-zz-zzTzz:zz:zz+zz:zz',
    '2026-11-21T03:18:00',
    '2026-02-31T03:18:00Z',
    '2026-11-21T03:18:00.Zjunk',
    '9926-11-21T03:18:00Z',
    '1926-11-21T03:18:00Z',
  ])('%s is no time', (text) => {
    const record = read('$time_iso8601 $status', `${text} 200`);
    expect(record).toMatchObject({ unixSeconds: ABSENT, status: 200 });
    expect(badFields(record)).toEqual(['time']);
  });
});

test.each([
  'zz/Nov/zzzz:zz:zz:zz +zzzz',
  '21/Nov/2026:03-18-00 +0000',
  '21/Nov/2026:25:18:00 +0000',
])('[%s] is no time, and the line counts', (text) => {
  const record = read('[$time_local] $status', `[${text}] 200`);
  expect(record).toMatchObject({ unixSeconds: ABSENT, status: 200 });
  expect(badFields(record)).toEqual(['time']);
});

describe('formats pasted with what stands around them', () => {
  const line = '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17 0.25';
  test.each([
    [
      `'$remote_addr - $remote_user [$time_local] "$request" '\n    '$status $bytes_sent $request_time'`,
    ],
    [
      `log_format main '$remote_addr - $remote_user [$time_local] "$request" '\n  '$status $bytes_sent $request_time';`,
    ],
    [`'$remote_addr - $remote_user [$time_local] "$request" $status $bytes_sent $request_time';`],
    [
      `"$remote_addr - $remote_user [$time_local] \\"$request\\" $status $bytes_sent $request_time"`,
    ],
    [`$remote_addr - $remote_user [$time_local] \\"$request\\" $status $bytes_sent $request_time`],
    [`$remote_addr - $remote_user [$time_local] "$request" $status $bytes_sent $request_time\n`],
    [String.raw`"%h %l %u %t \"%r\" %>s %O 0.%{ms}T"`.replace('0.%{ms}T', '%{x}n')],
    [String.raw`LogFormat "%h %l %u %t \"%r\" %>s %O %{x}n" keepalive`],
    [String.raw`"%h %l %u %t \"%r\" %>s %O %{x}n" keepalive`],
    [String.raw`CustomLog logs/access_log "%h %l %u %t \"%r\" %>s %O %{x}n" env=!status_page`],
    [String.raw`CustomLog "|/usr/bin/cat -u" "%h %l %u %t \"%r\" %>s %O %{x}n"`],
    [`main '$remote_addr - $remote_user [$time_local] "$request" '\n '$status $bytes_sent $x';`],
    [
      `log_format main '$remote_addr - $remote_user [$time_local] "$request" ' # begin\n '$status $bytes_sent $x'; # end`,
    ],
    [`'$remote_addr - $remote_user [$time_local] "$request" $status $bytes_sent $x' # end`],
  ])('%s', (format) => {
    expect(read(format, line)).toMatchObject({ status: 200, bytes: 17, badFields: 0 });
  });

  test('quotes around each field are the format’s own', () => {
    expect(read('"$request" "$status"', '"GET / HTTP/1.1" "200"').status).toBe(200);
    expect(read("'$status' '$bytes_sent'", "'200' '17'").bytes).toBe(17);
    expect(read('"%r" "%>s"', '"GET / HTTP/1.1" "200"').status).toBe(200);
    expect(read('"%r" code', '"GET / HTTP/1.1" code').method).toBe(0);
    expect(read('rt "$request_time"', 'rt "0.25"').requestSeconds).toBe(0.25);
    expect(read('"$request" # $status', '"GET / HTTP/1.1" # 200').status).toBe(200);
  });

  test('escape= before the quotes is kept', () => {
    const format = `escape=json '{"s":"$status",' '"r":"$request"}'`;
    expect(read(format, '{"s":"200","r":"GET /\\"q\\" HTTP/1.1"}').status).toBe(200);
  });
});

describe('virtual hosts', () => {
  const vhosts = ['shop.example', '[2001:db8::1]', '2001:db8::2'];
  const rest = '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17 "-" "curl/8"';
  test.each([
    ['shop.example:443', 0],
    ['[2001:db8::1]:443', 1],
    ['2001:db8::1:443', 1],
    ['[2001:db8::2]:80', 2],
    ['[2001:db8::3]:80', 3],
    ['other.example:80', 3],
  ])('vhost_combined: %s', (host, index) => {
    expect(read('vhost_combined', `${host} ${rest}`, vhosts)).toMatchObject({
      vhost: index,
      status: 200,
      bytes: 17,
    });
  });

  test.each([
    ['shop.example:8443', 0],
    ['[2001:db8::1]', 1],
    ['[2001:db8::2]:8443', 2],
    ['shop.example.evil:80', 3],
  ])('$http_host: %s', (host, index) => {
    expect(read('$http_host $status', `${host} 200`, vhosts).vhost).toBe(index);
  });
});

describe('a field that cannot be read', () => {
  test.each<[string, string, readonly CheckedField[]]>([
    ['$status $request_time', 'abc 0.5', ['status']],
    ['$status $request_time', '200 fast', ['duration']],
    ['$status $request_time', '200 999999999', ['duration']],
    ['$status $bytes_sent', `200 ${'9'.repeat(30)}`, ['bytes']],
    ['$status $connection_requests', '200 -5', ['connection_requests']],
    [
      '"$upstream_connect_time" "$upstream_response_time"',
      '"0.1, x" "y"',
      ['upstream_connect', 'upstream_response'],
    ],
    ['$status $request_time', '- -', []],
  ])('%s of "%s" leaves out its figure alone', (format, line, wanted) => {
    expect(badFields(read(format, line))).toEqual(wanted);
  });

  test('the others of its line are read', () => {
    expect(read('$status $request_time $bytes_sent', '200 fast 17')).toMatchObject({
      status: 200,
      requestSeconds: ABSENT,
      bytes: 17,
    });
  });
});

test.each([
  ['common', '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17'],
  ['combined', '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17 "-" "curl/8"'],
  ['main', '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17 "-" "curl/8" "-"'],
  [
    'debian_combined',
    '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17 "-" "curl/8"',
  ],
  [
    'vhost_combined',
    'shop.example:443 10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17 "-" "curl/8"',
  ],
  [
    'combinedio',
    '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 9 "-" "curl/8" 80 17',
  ],
  [
    'ssl_request',
    '[21/Nov/2026:03:18:00 +0000] 10.0.0.9 TLSv1.3 TLS_AES_128_GCM_SHA256 "GET / HTTP/1.1" 17',
  ],
  [
    'upstreaminfo',
    '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17 "-" "curl/8" 80 0.001 [a] [] - - - - 5f2c',
  ],
])('the named format %s is read', (name, line) => {
  expect(Object.keys(namedFormats)).toContain(name);
  const record = read(name, line);
  expect(record).toMatchObject({ bytes: 17, unixSeconds: at, badFields: 0 });
  expect(logMethods[record.method]).toBe('GET');
});

describe('explain()', () => {
  test.each([
    ['combined', 'x', 1, '" " after $remote_addr'],
    [
      'combined',
      '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" 200 17',
      64,
      '" \\"" after $body_bytes_sent',
    ],
    [
      'common',
      '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1',
      58,
      '"\\" " after $request',
    ],
    ['<$status>', '[200]', 1, '"<" at the beginning'],
    ['<$status>', '<200> more', 6, 'the end of the line'],
    ['json', 'GET / 200', 1, 'one JSON object'],
  ])('%s: "%s" stops at column %i', (format, line, column, expected) => {
    expect(compiled(format).explain(Buffer.from(line))).toEqual({ column, expected });
  });

  test('has nothing to say of a line that is understood', () => {
    expect(compiled('$status').explain(Buffer.from('200'))).toBeUndefined();
  });
});
