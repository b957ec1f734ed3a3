import { expect, test } from 'vitest';
import { closingQuote, endOfHost, isWithinList } from '../../src/parse/log-format/find-end.ts';

test.each([
  ['a quote', 'ab"c', 2],
  ['a quote at the start', '"ab', 0],
  ['no quote', 'abc', 3],
  ['an escaped quote', 'a\\"b"', 4],
  ['an escaped backslash before the quote', 'a\\\\"', 3],
  ['an escaped quote at the end', 'a\\"', 3],
  ['a backslash at the end', 'a\\"b\\', 5],
])('closingQuote() with %s', (_, text, expected) => {
  const bytes = Buffer.from(`\\${text}"`);
  expect(closingQuote(bytes, 1, bytes.length - 1)).toBe(expected + 1);
});

test.each([
  ['a.example:80', 9],
  ['[2001:db8::1]:443 ', 13],
  ['a.example', 9],
  ['a b:80', 6],
  ['a\tb:80', 6],
  ['a"b:80', 6],
  [':80', 0],
])('endOfHost() of %j is %s', (text, expected) => {
  expect(endOfHost(Buffer.from(`${text}:1`), 0, text.length)).toBe(expected);
});

/** The places of `text` that belong to a separator. */
function separators(text: string): readonly number[] {
  const bytes = Buffer.from(text);
  return [...text].flatMap((_, at) => (isWithinList(bytes, 0, at) ? [at] : []));
}

test.each<readonly [string, readonly number[]]>([
  ['0.1', []],
  ['0.1, 0.2', [3, 4]],
  ['0.1 : 0.2', [3, 4, 5]],
  ['0.1, - : 0.2', [3, 4, 6, 7, 8]],
  ['0.1 0.2', []],
  ['0.1,0.2', []],
  ['0.1:0.2', []],
  ['0.1: 0.2', []],
  ['0.1 :0.2', []],
  [', 0.1', [1]],
  [': 0.1', []],
  [' : 0.1', [1]],
  ['a : b', [1, 2, 3]],
])('isWithinList() in "%s" is true at %j', (text, expected) => {
  expect(separators(text)).toEqual(expected);
});
