import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainMissing, parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import {
  ABSENT,
  createLogRecord,
  type LogRecord,
  logMethods,
  logProtocols,
} from '../../src/snapshot/log-record.ts';

function compiled(format: string, vhosts: readonly string[] = []) {
  const parsed = parseLogFormat({ format, vhosts });
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function read(
  format: string,
  line: string | Buffer,
  vhosts: readonly string[] = [],
): LogRecord | undefined {
  const bytes = typeof line === 'string' ? Buffer.from(line) : line;
  const record = createLogRecord();
  return compiled(format, vhosts).parse(bytes, 0, bytes.length, record) ? record : undefined;
}

const guideNginx =
  '$remote_addr $request conn=$connection reqs=$connection_requests rt=$request_time uct=$upstream_connect_time';
const guideApache = '%h %r conn:%{c}L reqs:%{REQUESTS_PER_CONN}n time:%D';
const combinedLine = (request: string, status = '200') =>
  `203.0.113.9 - - [21/Nov/2026:03:18:00 +0100] "${request}" ${status} 1234 "-" "agent \\"x\\""`;

describe('parseLogFormat()', () => {
  test('combined has status, method, protocol, bytes and time', () => {
    const record = read('combined', combinedLine('GET /a HTTP/1.1'));
    expect(record).toMatchObject({ status: 200, bytes: 1234, requestEmpty: false });
    expect(logMethods[record?.method ?? 0]).toBe('GET');
    expect(logProtocols[record?.protocol ?? 0]).toBe('HTTP/1.1');
    expect(record?.unixSeconds).toBe(Date.UTC(2026, 10, 21, 2, 18) / 1000);
  });

  test('a line that ends with CR LF is the line without CR, also when its last field is a number', () => {
    const line = combinedLine('GET /a HTTP/1.1');
    expect(read('combined', `${line}\r`)).toEqual(read('combined', line));
    const format = '$status $request_time';
    expect(read(format, '200 0.5\r')?.requestSeconds).toBe(0.5);
    expect(read(format, '\r')).toBeUndefined();
    expect(read('$status', '404\r')).toEqual(read('$status', '404'));
  });

  test.each([
    ['GET / HTTP/2.0', 'GET', 'HTTP/2.0'],
    ['HEAD / HTTP/3', 'HEAD', 'HTTP/3.0'],
    ['PROPFIND /x HTTP/1.0', 'other', 'HTTP/1.0'],
    ['GET /', 'GET', 'HTTP/0.9'],
    ['\\x16\\x03\\x01', 'other', 'none'],
    ['GET /a\\"b HTTP/1.1', 'GET', 'HTTP/1.1'],
    ['GET / SPDY/9', 'GET', 'other'],
  ])('the request "%s" is %s over %s', (request, method, protocol) => {
    const record = read('combined', combinedLine(request));
    expect([logMethods[record?.method ?? -1], logProtocols[record?.protocol ?? -1]]).toEqual([
      method,
      protocol,
    ]);
  });

  test.each(['-', ''])('the request "%s" is none', (request) => {
    const record = read('combined', combinedLine(request, '408'));
    expect(record).toMatchObject({ status: 408, requestEmpty: true });
    expect(logMethods[record?.method ?? 0]).toBe('none');
  });

  test('the formats of keep-alive guides are read as they stand', () => {
    const nginx = read(
      guideNginx,
      '10.0.0.1 GET / HTTP/1.1 conn=77 reqs=5 rt=0.250 uct=0.001, 0.002 : -',
    );
    expect(nginx).toMatchObject({ requestOnConnection: 5, requestSeconds: 0.25 });
    expect(nginx?.upstreamConnectSeconds).toBeCloseTo(0.003);
    const apache = read(guideApache, '10.0.0.1 GET / HTTP/1.1 conn:- reqs:- time:1500000');
    expect(apache).toMatchObject({ requestSeconds: 1.5, requestOnConnection: ABSENT });
  });

  test.each([
    ['%D', '2500', 0.0025],
    ['%{us}T', '2500', 0.0025],
    ['%{ms}T', '2500', 2.5],
    ['%{s}T', '3', 3],
    ['%T', '3', 3],
    ['$request_time', '0.017', 0.017],
  ])('%s "%s" is %f seconds', (field, text, seconds) => {
    expect(read(`x ${field}`, `x ${text}`)?.requestSeconds).toBeCloseTo(seconds, 9);
  });

  test.each([
    ['0.001', 0.001],
    ['-', ABSENT],
    ['', ABSENT],
    ['0.001, 0.002', 0.003],
    ['-, - : 0.004', 0.004],
  ])('the upstream times "%s" are %f', (text, seconds) => {
    const record = read('"$upstream_response_time" $status', `"${text}" 200`);
    expect(record?.upstreamResponseSeconds).toBeCloseTo(seconds, 9);
  });

  test('%k counts from 0, $connection_requests from 1', () => {
    expect(read('%k', '0')?.requestOnConnection).toBe(1);
    expect(read('$connection_requests', '1')?.requestOnConnection).toBe(1);
  });

  test('aborts are 499 in nginx and %X = X in Apache', () => {
    expect(read('$status', '499')?.aborted).toBe(true);
    expect(read('json', '{"status":499}')?.aborted).toBe(true);
    expect(read('%X %>s', 'X 200')?.aborted).toBe(true);
    expect(read('%X %>s', '+ 200')?.aborted).toBe(false);
  });

  test('a virtual host outside the allow-list is other', () => {
    const vhosts = ['shop.example', 'blog.example'];
    expect(read('$host $status', 'blog.example 200', vhosts)?.vhost).toBe(1);
    expect(read('$host $status', 'evil.example 200', vhosts)?.vhost).toBe(2);
  });

  test('JSON lines and escape=json templates are read', () => {
    expect(read('json', '{"status":"404","request_time":0.5,"x":[1]}')).toMatchObject({
      status: 404,
      requestSeconds: 0.5,
    });
    expect(read('json', '[1]')).toBeUndefined();
    const template = 'escape=json {"s":"$status","r":"$request"}';
    expect(read(template, '{"s":"200","r":"GET /\\"q\\" HTTP/1.1"}')).toMatchObject({
      status: 200,
    });
  });

  test.each([
    ['', 'is not the name'],
    ['combind', 'is not the name'],
    ['$status$request', 'nothing separates'],
    ['$remote_addr', 'none of its fields'],
    ['100%%', 'has no field'],
  ])('the format "%s" is refused: %s', (format, reason) => {
    expect(parseLogFormat({ format })).toMatchObject({
      ok: false,
      error: expect.stringContaining(reason),
    });
  });

  test('no text of a format, however it looks, becomes code', () => {
    const hostile = '";throw 1;//` + ${process.exit(1)} \\u0022 ';
    expect(read(`${hostile}$status`, `${hostile}200`)?.status).toBe(200);
    expect(read(`$status${hostile}$request_time`, `404${hostile}0.5`)?.status).toBe(404);
  });

  test('says what to add for a metric the format does not feed', () => {
    expect(explainMissing(compiled('combined').fields, 'nginx')).toEqual([
      'webserver_log_request_duration_seconds is absent; add $request_time to the format',
      'webserver_log_upstream_connect_seconds is absent; add $upstream_connect_time to the format',
      'webserver_log_upstream_response_seconds is absent; add $upstream_response_time to the format',
      'webserver_log_connections_reached_total is absent; add $connection_requests to the format',
    ]);
    expect(explainMissing(compiled('%h %>s %r %D %O %k %X').fields, 'apache')).toEqual([]);
  });
});

/** A field with the values it may have, and what the record then holds. */
const fields = [
  { name: '$status', values: fc.integer({ min: 100, max: 599 }), holds: 'status' },
  { name: '%>s', values: fc.integer({ min: 100, max: 599 }), holds: 'status' },
  { name: '%k', values: fc.nat(5000), holds: 'requestOnConnection', offset: 1 },
  {
    name: '$connection_requests',
    values: fc.integer({ min: 1, max: 5000 }),
    holds: 'requestOnConnection',
  },
  { name: '%O', values: fc.nat(1e9), holds: 'bytes' },
  { name: '$bytes_sent', values: fc.nat(1e9), holds: 'bytes' },
] as const;

const separators = fc.constantFrom(' ', ' | ', '" "', '] [', ' x=', '\t', ',');

describe('any format and any line', () => {
  test('what was rendered is read back', () => {
    const anyField = fc
      .constantFrom(...fields)
      .chain((field) => field.values.map((value) => ({ field, value })));
    fc.assert(
      fc.property(
        fc.uniqueArray(anyField, {
          minLength: 1,
          maxLength: 3,
          selector: ({ field }) => field.holds,
        }),
        separators,
        (chosen, separator) => {
          // One server's fields in one format, as everywhere.
          const dialect = chosen[0]?.field.name[0];
          const used = chosen.filter(({ field }) => field.name[0] === dialect);
          const format = `<${used.map(({ field }) => field.name).join(separator)}>`;
          const line = `<${used.map(({ value }) => value).join(separator)}>`;
          const record = read(format, line);
          expect(record).toBeDefined();
          for (const { field, value } of used) {
            expect(record?.[field.holds]).toBe(value + ('offset' in field ? field.offset : 0));
          }
        },
      ),
    );
  });

  test('a request with any bytes in it, escaped as nginx does, never spoils the fields after it', () => {
    const escapeAsNginx = (bytes: Uint8Array) =>
      [...bytes]
        .map((byte) =>
          byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
            ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
            : String.fromCharCode(byte),
        )
        .join('');
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: 100, max: 599 }),
        (bytes, status) => {
          expect(read('combined', combinedLine(escapeAsNginx(bytes), String(status)))?.status).toBe(
            status,
          );
        },
      ),
    );
  });

  test('B9 any bytes at all are parsed or not, and nothing is thrown', () => {
    const formats = [
      'combined',
      'json',
      guideNginx,
      guideApache,
      '%t %{msec}t %v',
      '$time_iso8601 $msec $host',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...formats),
        fc.uint8Array({ maxLength: 300 }),
        (format, bytes) => {
          expect(() => read(format, Buffer.from(bytes))).not.toThrow();
        },
      ),
    );
  });
});
