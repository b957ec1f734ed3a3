import { expect, test } from 'vitest';
import {
  clockSeconds,
  midnightOf,
  monthAt,
  readAnyTime,
  readIsoTime,
  readLocalTime,
  twoDigits,
  zoneSeconds,
} from '../../src/parse/log-format/read-time.ts';
import { ABSENT } from '../../src/snapshot/log-record.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** Reads the text within other bytes: a reader must keep to its range. */
function read(reader: typeof readLocalTime, text: string): number {
  const around = bytes(`9${text}9`);
  return reader(around, 1, around.length - 1);
}

const unix = (iso: string) => Date.parse(iso) / 1000;

test.each([
  ['00', 0],
  ['09', 9],
  ['90', 90],
  ['99', 99],
  ['1', Number.NaN],
  ['/1', Number.NaN],
  [':1', Number.NaN],
  ['1/', Number.NaN],
  ['1:', Number.NaN],
])('twoDigits() of "%s" is %s', (text, expected) => {
  expect(twoDigits(bytes(text), 0)).toBe(expected);
});

test('monthAt() knows the twelve months and nothing else', () => {
  const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';
  for (let month = 0; month < 12; month++) expect(monthAt(bytes(months), month * 3)).toBe(month);
  expect(monthAt(bytes('jan'), 0)).toBeNaN();
  expect(monthAt(bytes('Ja'), 0)).toBeNaN();
});

test('midnightOf() refuses a day that does not exist', () => {
  expect(midnightOf(2026, 11, 31)).toBe(unix('2026-12-31T00:00:00Z'));
  expect(midnightOf(2028, 1, 29)).toBe(unix('2028-02-29T00:00:00Z'));
  expect(midnightOf(2026, 1, 29)).toBeNaN();
  expect(midnightOf(2026, 12, 1)).toBeNaN();
  expect(midnightOf(2026, -1, 1)).toBeNaN();
  expect(midnightOf(2026, 0, 0)).toBeNaN();
});

test.each([
  [23, 59, 60, 86_400],
  [0, 0, 0, 0],
  [1, 2, 3, 3723],
  [24, 0, 0, Number.NaN],
  [0, 60, 0, Number.NaN],
  [0, 0, 61, Number.NaN],
])('clockSeconds(%s, %s, %s) is %s', (hours, minutes, seconds, expected) => {
  expect(clockSeconds(hours, minutes, seconds)).toBe(expected);
});

test.each([
  ['Z', 0],
  ['+0100', 3600],
  ['-0130', -5400],
  ['+05:45', 20_700],
  ['Z1', Number.NaN],
  ['0100', Number.NaN],
  ['*0100', Number.NaN],
  ['+01000', Number.NaN],
  ['+01', Number.NaN],
  ['', Number.NaN],
])('zoneSeconds() of "%s" is %s', (text, expected) => {
  expect(zoneSeconds(bytes(text), 0, text.length)).toBe(expected);
});

test.each([
  ['21/Nov/2026:03:18:07 +0100', unix('2026-11-21T02:18:07Z')],
  ['[21/Nov/2026:03:18:07 +0100]', unix('2026-11-21T02:18:07Z')],
  ['[29/Feb/2028:23:59:59 -0500]', unix('2028-03-01T04:59:59Z')],
  ['01/Jan/1999:00:00:00 +0000', unix('1999-01-01T00:00:00Z')],
  ['-', ABSENT],
  ['', ABSENT],
  ['[21/Nov/2026:03:18:07 +0100', Number.NaN],
  ['21/Nov/2026:03:18:07 +0100]', Number.NaN],
  ['21-Nov/2026:03:18:07 +0100', Number.NaN],
  ['21/Nov-2026:03:18:07 +0100', Number.NaN],
  ['21/Nov/2026 03:18:07 +0100', Number.NaN],
  ['21/Nov/2026:03-18:07 +0100', Number.NaN],
  ['21/Nov/2026:03:18-07 +0100', Number.NaN],
  ['21/Nov/2026:03:18:07T+0100', Number.NaN],
  ['21/Nov/2026:03:18:07 +01000', Number.NaN],
  ['31/Nov/2026:03:18:07 +0100', Number.NaN],
  ['21/Nox/2026:03:18:07 +0100', Number.NaN],
])('readLocalTime() of "%s" is %s', (text, expected) => {
  expect(read(readLocalTime, text)).toBe(expected);
});

test('readLocalTime() reads another day after a day, and the first one again', () => {
  const days = ['21/Nov/2026', '22/Nov/2026', '21/Dec/2026', '21/Nov/2027', '21/Nov/2026'];
  expect(days.map((day) => read(readLocalTime, `${day}:00:00:01 +0000`))).toEqual(
    ['2026-11-21', '2026-11-22', '2026-12-21', '2027-11-21', '2026-11-21'].map(
      (day) => unix(`${day}T00:00:00Z`) + 1,
    ),
  );
});

test.each([
  ['2026-11-21T03:18:07+00:00', unix('2026-11-21T03:18:07Z')],
  ['2026-11-21 03:18:07Z', unix('2026-11-21T03:18:07Z')],
  ['2026-11-21T03:18:07.5+01:00', unix('2026-11-21T02:18:07Z') + 0.5],
  ['2026-11-21T03:18:07.250Z', unix('2026-11-21T03:18:07Z') + 0.25],
  ['2026-11-21T03:18:07.90Z', unix('2026-11-21T03:18:07Z') + 0.9],
  ['2026-11-21T03:18:07.Z', unix('2026-11-21T03:18:07Z')],
  ['-', ABSENT],
  ['2026-11-21T03:18:07', Number.NaN],
  ['2026-11-21_03:18:07Z', Number.NaN],
  ['2026/11-21T03:18:07Z', Number.NaN],
  ['2026-11/21T03:18:07Z', Number.NaN],
  ['2026-00-21T03:18:07Z', Number.NaN],
  ['2026-13-21T03:18:07Z', Number.NaN],
  ['2026-11-21T03:18:07,5Z', Number.NaN],
])('readIsoTime() of "%s" is %s', (text, expected) => {
  expect(read(readIsoTime, text)).toBe(expected);
});

test.each([
  ['[21/Nov/2026:03:18:07 +0000]', unix('2026-11-21T03:18:07Z')],
  ['21/Nov/2026:03:18:07 +0000', unix('2026-11-21T03:18:07Z')],
  ['2026-11-21T03:18:07Z', unix('2026-11-21T03:18:07Z')],
  ['1795230000', 1_795_230_000],
  ['1795230000.25', 1_795_230_000.25],
  ['99999999999', 99_999_999_999],
  ['100000000000', 100_000_000],
  ['1795230000250', 1_795_230_000.25],
  ['99999999999999', 99_999_999_999.999],
  ['100000000000000', 100_000_000],
  ['1795230000250125', 1_795_230_000.250125],
  ['-', ABSENT],
  ['soon', Number.NaN],
])('readAnyTime() of "%s" is %s', (text, expected) => {
  expect(read(readAnyTime, text)).toBe(expected);
});
