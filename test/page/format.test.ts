import { expect, test } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatLatency,
  formatPercent,
} from '../../src/page/format.ts';

function check<T>(format: (value: T) => string, value: T, expected: string): void {
  expect(format(value)).toBe(expected);
}

test.each([
  [0, '0.0%'],
  [0.00001, '<0.1%'],
  [0.647, '64.7%'],
  [0.9999, '99.9%'],
  [1, '100.0%'],
  [1.25, '125.0%'],
])('formatPercent() hides neither the first slot nor the last: %d', (value, expected) => {
  check(formatPercent, value, expected);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1\u2009000'],
  [1234567, '1\u2009234\u2009567'],
])('formatCount() groups thousands: %d', (value, expected) => {
  check(formatCount, value, expected);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [1024 ** 3, '1.0 GiB'],
  [1024 ** 5, '1024.0 TiB'],
])('formatBytes() takes the largest unit that fits: %d', (value, expected) => {
  check(formatBytes, value, expected);
});

test.each([
  [-5, '0 s'],
  [42.9, '42 s'],
  [60, '1 min'],
  [3605, '1 h'],
  [100_000, '1 d 3 h'],
])('formatDuration() says the two largest units: %d', (value, expected) => {
  check(formatDuration, value, expected);
});

test.each([
  [0.0042, '4.2 ms'],
  [1.5, '1.50 s'],
])('formatLatency() of %d', (value, expected) => {
  check(formatLatency, value, expected);
});

test('formatAge() shows "just now" after the clock was set back', () => {
  expect(formatAge(100, 50)).toBe('just now');
  expect(formatAge(100, 190)).toBe('1 min 30 s ago');
});
