import { expect, test } from 'vitest';
import { buildHistogram, emptyHistogram } from '../../src/derive/histogram.ts';
import { histogramSamples, observedSamples } from '../../src/metrics/histogram-samples.ts';

const bounds = [0.5, 1, 5] as const;

test('histogramSamples() adds the buckets up, and observedSamples() leaves out an empty histogram', () => {
  const labels = { target: 'shop' };
  const samples = [...histogramSamples(labels, buildHistogram(bounds, [0.1, 0.7, 0.9, 9]))];
  expect(samples.map(({ suffix, le, value }) => [suffix, le, value])).toEqual([
    ['_bucket', '0.5', 1],
    ['_bucket', '1', 3],
    ['_bucket', '5', 3],
    ['_bucket', '+Inf', 4],
    ['_sum', undefined, 10.7],
    ['_count', undefined, 4],
  ]);
  expect([...observedSamples(labels, emptyHistogram(bounds))]).toEqual([]);
});
