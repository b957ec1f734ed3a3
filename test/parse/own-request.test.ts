import { describe, expect, test } from 'vitest';
import { parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import { createLogRecord } from '../../src/snapshot/log-record.ts';

const own = { addresses: new Set(['127.0.0.1', '::1', '10.0.0.5']), path: '/server-status' };

function isOwn(format: string, line: string): boolean {
  const parsed = parseLogFormat({ format, own });
  if (!parsed.ok) throw new Error(parsed.error);
  const bytes = Buffer.from(`before ${line} after`);
  const record = { ...createLogRecord(), own: true };
  const end = bytes.length - ' after'.length;
  expect(parsed.value.parse(bytes, 'before '.length, end, record)).toBe(true);
  return record.own;
}

const line = (client: string, request: string, agent: string) =>
  `${client} - - [21/Nov/2026:03:18:00 +0000] "${request}" 200 512 "-" "${agent}"`;
const poll = 'GET /server-status?auto HTTP/1.1';
const agent = 'keepalive-exporter/1.2.3';

describe('a line is a request of the exporter itself', () => {
  test.each([
    ['127.0.0.1', poll],
    ['::1', poll],
    ['10.0.0.5', poll],
    ['127.0.0.1', 'GET /server-status HTTP/1.1'],
    ['127.0.0.1', 'GET /server-status?notable&refresh=1 HTTP/1.1'],
  ])('from %s for "%s"', (client, request) => {
    expect(isOwn('combined', line(client, request, agent))).toBe(true);
    expect(isOwn('debian_combined', line(client, request, agent))).toBe(true);
  });

  test('wherever the three fields stand', () => {
    expect(isOwn('"%{User-agent}i" "%r" %>s %a', `"${agent}" "${poll}" 200 127.0.0.1`)).toBe(true);
    const json = { remote_addr: '::1', request: poll, user_agent: agent, status: 200 };
    expect(isOwn('json', JSON.stringify(json))).toBe(true);
  });
});

describe('a visitor who claims to be the exporter stays a visitor', () => {
  test.each([
    ['from another address', line('203.0.113.9', poll, agent)],
    ['behind a proxy on this machine, for a page', line('127.0.0.1', 'GET / HTTP/1.1', agent)],
    ['for a path that begins alike', line('127.0.0.1', 'GET /server-status/x HTTP/1.1', agent)],
    ['with another method', line('127.0.0.1', 'POST /server-status HTTP/1.1', agent)],
    ['with text before the name', line('127.0.0.1', poll, `x ${agent}`)],
    ['with another name', line('127.0.0.1', poll, 'keepalive-exporterx/1')],
    ['without a name', line('127.0.0.1', poll, '')],
  ])('%s', (_, text) => {
    expect(isOwn('combined', text)).toBe(false);
  });

  test('in a JSON line', () => {
    const json = { remote_addr: '203.0.113.9', request: poll, http_user_agent: agent };
    expect(isOwn('json', JSON.stringify(json))).toBe(false);
  });

  test('the address in a header counts only when the connection’s is not logged', () => {
    const format = '%h %{c}a "%r" %>s "%{User-Agent}i"';
    expect(isOwn(format, `127.0.0.1 203.0.113.9 "${poll}" 200 "${agent}"`)).toBe(false);
  });
});

test.each(['common', 'ssl_request', '%h "%r" %>s', '%{X-Forwarded-For}i "%r" "%{User-Agent}i"'])(
  'the format "%s" cannot tell, and says so',
  (format) => {
    const parsed = parseLogFormat({ format, own });
    expect(parsed.ok && parsed.value.fields.has('own')).toBe(false);
  },
);
