import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLogCounts, foldRecord, listResponses } from '../../src/derive/log-fold.ts';
import { parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import { createLogRecord } from '../../src/snapshot/log-record.ts';
import { startInProcess } from '../support/in-process-app.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { waitUntil } from '../support/wait-until.ts';

async function createLog(text: string): Promise<string> {
  const path = join(await keepTempDirectory('log'), 'access.log');
  await writeFile(path, text);
  return path;
}

describe('hostile lines', () => {
  const hostile: readonly (readonly [what: string, line: Buffer])[] = [
    ['NUL bytes', Buffer.alloc(5000)],
    ['invalid UTF-8', Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80])],
    ['a TLS hello', Buffer.from('160301020001fc0303', 'hex')],
    ['terminal escapes', Buffer.from('\u001b[2J\u001b]0;owned\u0007')],
    ['malformed escapes', Buffer.from('\\x \\xZZ \\x2 \\u12 \\')],
    ['a hundred thousand quotes', Buffer.alloc(100_000, '"')],
    ['a hundred thousand brackets', Buffer.alloc(100_000, '([')],
    ['a hundred thousand backslashes', Buffer.alloc(100_000, '\\')],
    ['a hundred thousand commas', Buffer.alloc(100_000, ', ')],
    ['nested JSON', Buffer.from('{"a":'.repeat(50_000))],
  ];
  const formats = [
    'combined',
    'json',
    '$status $upstream_response_time',
    '%h "%r" %>s %D %k %X %v',
  ];
  const cases = hostile.flatMap(([what, line]) =>
    formats.map((format) => ({ what, line, format })),
  );

  test.each(cases)(
    'B9 B13 $what under $format are parsed or refused, in one pass',
    ({ line, format }) => {
      const parsed = parseLogFormat({ format });
      if (!parsed.ok) throw new Error(parsed.error);
      const { parse } = parsed.value;
      const record = createLogRecord();
      const request = Buffer.concat([
        Buffer.from('1.1.1.1 - - [x] "'),
        line,
        Buffer.from('" 200 5'),
      ]);
      for (const bytes of [line, request]) parse(bytes, 0, bytes.length, record);
      // Also a megabyte of it: a scanner that is not linear would take too long.
      const many = Buffer.concat(
        Array.from({ length: Math.ceil((1024 * 1024) / line.length) }, () => line),
      );
      parse(many, 0, many.length, record);
    },
  );

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'B12 "%s" as a method, a virtual host or a key of a JSON line is handled like any other text',
    (name) => {
      const parsed = parseLogFormat({ format: 'json', vhosts: [name] });
      if (!parsed.ok) throw new Error(parsed.error);
      const counts = createLogCounts({
        requestDurationBuckets: [1],
        upstreamConnectBuckets: [1],
        upstreamResponseBuckets: [1],
        vhosts: [name],
      });
      const record = createLogRecord();
      const line = Buffer.from(
        `{"${name}":{"polluted":1},"request_method":"${name}","status":200,"host":"${name}","server_name":"${name}"}`,
      );
      expect(parsed.value.parse(line, 0, line.length, record)).toBe(true);
      foldRecord(counts, record);
      const responses = [...listResponses(counts)].filter(({ count }) => count > 0);
      expect(responses).toMatchObject([{ method: 'other', code: '200', vhost: name, count: 1 }]);
      expect('polluted' in {}).toBe(false);
    },
  );
});

test.each(['__proto__', 'constructor', 'toString'])(
  'B12 a target called "%s" counts from 0 and continues from its checkpoint',
  async (name) => {
    const path = await createLog('"GET / HTTP/1.1" 200\n');
    const checkpoint = { directory: await keepTempDirectory('checkpoint'), interval: '1s' };
    const format = '"$request" $status';
    const target = {
      name,
      server: 'nginx',
      status_url: 'http://127.0.0.1:1/',
      sampling: { interval: '0s' },
      access_logs: [{ path, format }],
    };
    const config = { targets: [target], checkpoint, logs: { start: 'beginning' } };
    const parsedLines = async (app: Awaited<ReturnType<typeof startInProcess>>) =>
      (await app.metrics()).value('webserver_log_lines_total', { target: name, result: 'parsed' });
    const first = await startInProcess(config);
    await waitUntil({
      until: 'a line is counted',
      holds: async () => (await parsedLines(first)) === 1,
    });
    expect(first.logged.filter((line) => line.includes('lost'))).toEqual([]);
    await first.stop();
    await appendFile(path, '"GET / HTTP/1.1" 200\n');
    const second = await startInProcess(config);
    await waitUntil({
      until: 'both are counted',
      holds: async () => (await parsedLines(second)) === 2,
    });
    expect(second.logged.filter((line) => line.includes('lost'))).toEqual([]);
  },
);
