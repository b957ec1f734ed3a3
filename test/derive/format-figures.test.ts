import { expect, test } from 'vitest';
import {
  formatFigure,
  formatMemory,
  formatPercent,
  formatRange,
  formatSpan,
} from '../../src/derive/format-figures.ts';

test.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [119, '119 seconds'],
  [120, '2 minutes'],
  [7199, '119.9 minutes'],
  [97.79, '97.7 seconds'],
  [9000, '2.5 hours'],
  [172_800, '2 days'],
])('formatSpan(%d)', (seconds, words) => {
  expect(formatSpan(seconds)).toBe(words);
});

test.each([
  [0, '0 %'],
  [0.004, '<1 %'],
  [0.01, '1 %'],
  [0.255, '26 %'],
  [1, '100 %'],
])('formatPercent(%d)', (share, words) => {
  expect(formatPercent(share)).toBe(words);
});

test.each([
  [0.04, '0'],
  [9.94, '9.9'],
  [10, '10'],
  [12_345.6, '12,346'],
])('formatFigure(%d)', (value, words) => {
  expect(formatFigure(value)).toBe(words);
});

test('formatRange() leaves out bounds that read alike, formatMemory() is in MiB', () => {
  expect(formatRange({ low: 9, expected: 14, high: 16 }, String)).toBe('14 (9 to 16)');
  expect(formatRange({ low: 14.01, expected: 14, high: 14.02 }, formatFigure)).toBe('14');
  expect(formatMemory(48 * 2 ** 20)).toBe('48 MiB');
});
