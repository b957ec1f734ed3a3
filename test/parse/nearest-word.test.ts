import { expect, test } from 'vitest';
import { didYouMean, listWords, nearestWord } from '../../src/parse/nearest-word.ts';

test.each([
  ['sevre', 'serve'],
  ['demoo', 'demo'],
  ['SERVE', 'serve'],
  ['check-confg', 'check-config'],
  ['start', undefined],
  ['', undefined],
  ['x'.repeat(10_000), undefined],
])('nearestWord("%s") is %s', (text, word) => {
  expect(nearestWord(text, ['serve', 'demo', 'check-config'])).toBe(word);
});

test.each([
  ['one letter too many', 'abcdx', 'abcd'],
  ['one letter too few', 'abc', 'abcd'],
  ['another letter', 'abxd', 'abcd'],
  ['two neighbours swapped', 'abdc', 'abcd'],
  ['two letters of six', 'abcdxy', 'abcdef'],
  ['two of five', 'abcxy', undefined],
  ['two letters more than five', 'abcde12', 'abcde'],
  ['two letters swapped over a third', 'cbad', undefined],
  ['64 letters', `${'a'.repeat(63)}x`, 'a'.repeat(64)],
  ['65 letters', 'a'.repeat(65), undefined],
])('nearestWord() with %s: "%s"', (_, text, word) => {
  const words = ['abcd', 'abcde', 'abcdef', 'a'.repeat(64)].filter(
    (candidate) => word === undefined || candidate === word,
  );
  expect(nearestWord(text, words)).toBe(word);
});

test('nearestWord() chooses the nearest word, and the first of equally near ones', () => {
  expect(nearestWord('abcdef', ['abcdxy', 'abcdex', 'abcdey'])).toBe('abcdex');
});

test('didYouMean() is empty when no word is near', () => {
  expect(didYouMean('levle', ['level'], '--')).toBe('; did you mean --level?');
  expect(didYouMean('xyz', ['level'])).toBe('');
});

test('listWords() writes a choice', () => {
  expect(listWords([])).toBe('');
  expect(listWords(['a'])).toBe('a');
  expect(listWords(['a', 'b'])).toBe('a or b');
  expect(listWords(['a', 'b', 'c'])).toBe('a, b or c');
});
