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

test('didYouMean() is empty when no word is near', () => {
  expect(didYouMean('levle', ['level'], '--')).toBe('; did you mean --level?');
  expect(didYouMean('xyz', ['level'])).toBe('');
});

test('listWords() writes a choice', () => {
  expect([listWords([]), listWords(['a']), listWords(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a, b or c',
  ]);
});
