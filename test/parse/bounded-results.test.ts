import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import { parseApacheStatusHtml } from '../../src/parse/apache-status-html.ts';
import { explainForeignPage } from '../../src/parse/foreign-page.ts';
import { parseCount, parseDecimal } from '../../src/parse/number.ts';
import { excerpt } from '../../src/parse/printable.ts';
import { everyParser } from '../support/every-parser.ts';

/** What the parsers look for, and what upsets them, between any bytes at all. */
const words = fc.constantFrom(
  ...['Scoreboard: _K', 'IdleWorkers: 1', 'Uptime: 9', 'CPULoad: 1e308', 'ProxyBalancer[0]Name: a'],
  ...['ProxyBalancer[0]Worker[1]Sent: 1K', '__proto__: 1', 'constructor: 1', 'TcpExt: ListenDrops'],
  ...[
    '<table>',
    '<tr>',
    '<th>Srv',
    '<th>PID',
    '<th>M',
    '<td colspan=3>',
    '</table>',
    '<pre>',
    '&#0;',
  ],
  ...[
    '1 in state: K',
    'log_format a',
    'LogFormat "',
    '<A b>',
    '</A>',
    '" a',
    '_by_lua_block',
    '{',
    '}',
    ';',
    '${',
    '\\',
  ],
  ...[
    'Active connections: 1 ',
    'search a.',
    'options ndots:99',
    '127.0.0.1 a __proto__',
    '<13>1 - - ',
  ],
  ...[
    ' ',
    '\n',
    '"',
    "'",
    '#',
    ':',
    '1',
    '99999999999999999999',
    '-1',
    'NaN',
    '\u0000',
    '\r',
    '\ud800',
  ],
);
const bytes = fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some).toString('latin1'));
const hostile = fc.array(fc.oneof(words, bytes)).map((pieces) => pieces.join(''));

describe.each(Object.entries(everyParser))('%s()', (_, parse) => {
  test('A8 B9 throws at no text, and says no more than the text did', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const size = JSON.stringify(parse(text), serializable)?.length ?? 0;
        // A constant for the fields every result has, and a factor for their names and escapes.
        expect(size).toBeLessThanOrEqual(2000 + 100 * text.length);
      }),
    );
  });
});

function serializable(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}

test('A10 parsers make no number of a page infinite, negative or NaN', () => {
  const numeric = fc.stringMatching(/^[-+]?[0-9.]{0,22}(?:e[+-]?[0-9]{1,4})?$/);
  fc.assert(
    fc.property(fc.oneof(numeric, hostile), (text) => {
      for (const value of [parseCount(text), parseDecimal(text)]) {
        if (value === undefined) continue;
        expect(Number.isFinite(value * 1e6 + value * 1e6)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(0);
      }
    }),
  );
  expect(parseDecimal('1e308')).toBeUndefined();
});

test('B10 a page cannot add more series of balancers than a server has', () => {
  const lines = Array.from({ length: 2000 }, (_, at) => `ProxyBalancer[0]Worker[${at}]Sent: 1K`);
  const parsed = parseApacheStatus(['IdleWorkers: 1', 'Scoreboard: _', ...lines].join('\n'));
  expect(parsed.ok && parsed.value.snapshot.proxyBalancers[0]?.workers).toHaveLength(500);
  expect(parsed.ok && parsed.value.badFields).toHaveLength(1500);
});

test('A3 what is read of a page does not keep the page in memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const page = (at: number) =>
    `server-${at}.example.org.a.long.name\nServerVersion: Apache/2.4.62 (Debian) number ${at}\nIdleWorkers: 1\nScoreboard: _\n${'x'.repeat(1e6)}`;
  const read = (at: number) => [
    parseApacheStatus(page(at)),
    explainForeignPage(`no status page, but number ${at}${page(at)}`, 'apache'),
    parseApacheStatusHtml(
      `<table><tr><th>Srv<th>PID<th>M<th>Client<tr><td>0-0<td>1<td>K<td>a.client.with.a.long.name-${at}</table>${page(at)}`,
    ),
  ];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 40 }, (_, at) => read(at));
  collectGarbage();
  const grown = process.memoryUsage().heapUsed - before;
  expect(kept).toHaveLength(40);
  // 120 pages of a megabyte were read.
  expect(grown).toBeLessThan(20e6);
});

test('excerpt() brings text back as it was', () => {
  expect(excerpt('grün \ud800 ☃ and more than thirteen')).toBe(
    'grün \ud800 ☃ and more than thirteen',
  );
});
