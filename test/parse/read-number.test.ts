import { expect, test } from 'vitest';
import { decimalOf, readDecimal, readUpstream } from '../../src/parse/log-format/read-number.ts';
import { ABSENT } from '../../src/snapshot/log-record.ts';

/** Reads the text within other digits: a reader must keep to its range. */
function read(reader: typeof readDecimal, text: string): number {
  const around = Buffer.from(`9${text}9`);
  return reader(around, 1, around.length - 1);
}

test.each([
  ['0', 0],
  ['90', 90],
  ['0.250', 0.25],
  ['12.', 12],
  ['1.5', 1.5],
  ['1'.repeat(24), Number('1'.repeat(24))],
  ['1'.repeat(25), Number.NaN],
  ['', Number.NaN],
  ['.5', Number.NaN],
  ['1.2.3', Number.NaN],
  ['1..2', Number.NaN],
  ['-1', Number.NaN],
  ['1e3', Number.NaN],
  ['/', Number.NaN],
  [':', Number.NaN],
])('decimalOf() of "%s" is %s', (text, expected) => {
  expect(read(decimalOf, text)).toBe(expected);
});

test.each([
  ['-', ABSENT],
  ['', ABSENT],
  ['--', Number.NaN],
  ['0.250', 0.25],
])('readDecimal() of "%s" is %s', (text, expected) => {
  expect(read(readDecimal, text)).toBe(expected);
});

test.each([
  ['0.25', 0.25],
  ['0.25, 0.5', 0.75],
  ['0.25, - : 0.5', 0.75],
  ['-, 0.5', 0.5],
  ['-', ABSENT],
  ['- : -', ABSENT],
  ['0.25, x', Number.NaN],
])('readUpstream() of "%s" is %s', (text, expected) => {
  expect(read(readUpstream, text)).toBe(expected);
});
