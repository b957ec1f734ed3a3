import { expect, test } from 'vitest';
import {
  addHistograms,
  bucketOf,
  buildHistogram,
  countOf,
  countUpTo,
  emptyHistogram,
  withValue,
} from '../../src/derive/histogram.ts';

const bounds = [0.5, 1, 5] as const;

test.each([
  [0, 0],
  [0.5, 0],
  [0.6, 1],
  [5, 2],
  [5.1, 3],
  [Number.POSITIVE_INFINITY, 3],
])('bucketOf() puts %d into bucket %i: a bound belongs to its own bucket', (value, bucket) => {
  expect(bucketOf(bounds, value)).toBe(bucket);
});

test('buildHistogram() counts values by bucket, and addHistograms() adds two of them', () => {
  const histogram = buildHistogram(bounds, [0.1, 0.7, 0.9, 9]);
  expect(histogram).toEqual({ upperBounds: bounds, counts: [1, 2, 0, 1], sum: 10.7 });
  const sum = addHistograms(histogram, buildHistogram(bounds, [5]));
  expect(sum).toEqual({ upperBounds: bounds, counts: [1, 2, 1, 1], sum: 15.7 });
  expect(countOf(sum)).toBe(5);
});

test('withValue() leaves the given histogram as it was', () => {
  const empty = emptyHistogram(bounds);
  expect(withValue(empty, 2)).toEqual({ upperBounds: bounds, counts: [0, 0, 1, 0], sum: 2 });
  expect(empty).toEqual(emptyHistogram(bounds));
});

test('countUpTo() counts the values up to a bound, and nothing for another number', () => {
  const histogram = buildHistogram(bounds, [0.1, 0.7, 0.9, 9]);
  expect(bounds.map((bound) => countUpTo(histogram, bound))).toEqual([1, 3, 3]);
  expect(countUpTo(histogram, 2)).toBeUndefined();
});
