import { describe, expect, test } from 'vitest';
import { resolveVariables } from '../../src/audit/apache-conditions.ts';
import { parseEnvvars } from '../../src/parse/apache-config/envvars.ts';
import { parseApacheConfig } from '../../src/parse/apache-config/parse-apache-config.ts';
import { splitApacheWords } from '../../src/parse/apache-config/split-words.ts';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import { parseApacheStatusHtml } from '../../src/parse/apache-status-html.ts';
import { explainForeignPage } from '../../src/parse/foreign-page.ts';
import { parseHtmlTables } from '../../src/parse/html-tables.ts';
import { createResponseReader } from '../../src/parse/http-response.ts';
import { findApacheFormat } from '../../src/parse/log-format/find-server-format.ts';
import { parseNginxConfig } from '../../src/parse/nginx-config.ts';
import { parseProcNetstat } from '../../src/parse/proc-netstat.ts';
import { parseHostsFile, parseResolvConf } from '../../src/parse/resolver-files.ts';
import { parseStubStatus } from '../../src/parse/stub-status.ts';

/** The longest page that is fetched. Work that grows with its square would take from half a minute to an hour. */
const megabyte = 1024 * 1024;

const repeated = (piece: string) => piece.repeat(Math.ceil(megabyte / piece.length));

/**
 * Hostile texts of a megabyte. Nothing is timed: a parser that is not linear does not come to its end before the test
 * runner gives up.
 */
const texts: readonly string[] = [
  '<pre>',
  '<input ',
  '<input type=',
  '<table><tr><td>',
  '<a b>',
  '<p></i>',
  '&#',
  '<!--',
  'a',
  ' ',
  '"',
  "'",
  '\\',
  '\n',
  '#',
  '${',
  '${a',
  'a{',
  '{',
  '[',
  'a_by_lua_block {',
  'a_by_lua_block ',
  'a_by_lua_block { {',
  '"\\',
  'LogFormat "\\',
  'LogFormat ',
  '\\\n',
  '<A b>\n',
  '</A>\n',
  'Scoreboard: ',
  'IdleWorkers: 1\nScoreboard: _\nProxyBalancer[0]Worker[1]Sent: 1\n',
  'ProxyBalancer[',
  'Active connections: 1 \n',
  'Active connections: ',
  'TcpExt: 1 ',
  'nameserver ',
  'search a ',
  '1 in state: _',
  'HTTP/1.1 100 Continue\r\n\r\n',
  '1\r\na\r\n',
].map(repeated);

const noState = {
  version: '2.4',
  modules: new Set<string>(),
  defines: new Map<string, string>(),
  environment: new Map<string, string>(),
};

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  'the head of an answer': (text: string) =>
    createResponseReader().push(`HTTP/1.1 200 OK\r\n${text}`),
  'the body of an answer': (text: string) =>
    createResponseReader().push(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}`),
  'an answer': (text: string) => createResponseReader().push(text),
  parseApacheStatus,
  parseApacheStatusHtml,
  parseHtmlTables,
  parseStubStatus,
  parseNginxConfig,
  parseApacheConfig,
  splitApacheWords,
  parseEnvvars,
  resolveVariables: (text) => resolveVariables(text, noState),
  parseProcNetstat,
  parseHostsFile,
  parseResolvConf,
  findApacheFormat: (text) => findApacheFormat(text, 'x'),
  explainForeignPage: (text) => explainForeignPage(text, 'apache'),
};

describe.each(Object.entries(parsers))('%s()', (_, parse) => {
  test.each(texts.map((text) => [text.slice(0, 24), text] as const))(
    'B13 comes to the end of a megabyte of %j',
    (_piece, text) => {
      parse(text);
    },
  );
});

test('parseApacheStatusHtml() steps over rows that do not fit a very long row of headings', () => {
  const page = `<table><tr><th>Srv<th>PID<th>M${'<th>a'.repeat(1e5)}${'<tr><td>1'.repeat(5e4)}</table>`;
  const parsed = parseApacheStatusHtml(page);
  expect(parsed.ok && parsed.value.slots).toEqual([]);
});

test('parseApacheStatusHtml() reads no heading as a property that every object has', () => {
  const headings = '<th>Srv<th>PID<th>M<th>constructor<th>__proto__';
  const page = `<table><tr>${headings}<tr><td>0-0<td>1<td>K<td>3<td>4</table>`;
  const parsed = parseApacheStatusHtml(page);
  expect(parsed.ok && parsed.value.slots).toEqual([{ state: 'keepalive' }]);
});

test('parseNginxConfig() refuses blocks that nest deeper than any configuration', () => {
  const nested = (depth: number) => `${'a {'.repeat(depth)} ${'}'.repeat(depth)}`;
  expect(parseNginxConfig(nested(64)).ok).toBe(true);
  expect(parseNginxConfig(nested(65))).toEqual({ ok: false, error: { line: 1, found: '{' } });
});
