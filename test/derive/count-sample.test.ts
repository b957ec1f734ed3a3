import { expect, test } from 'vitest';
import { countMissedSample, countSample, noSamples } from '../../src/derive/count-sample.ts';
import type { SlotFigures } from '../../src/snapshot/slots.ts';

const figures = (workerSaturation?: number): SlotFigures => ({
  keepaliveModel: 'blocking',
  groups: [],
  ...(workerSaturation === undefined ? {} : { workerSaturation }),
});

test('countSample() adds to every bucket at or above the ratio', () => {
  const { saturation, taken } = [0.2, 0.9, 1].reduce(
    (counters, ratio) => countSample(counters, figures(ratio)),
    noSamples,
  );
  expect(saturation.buckets).toEqual([1, 1, 1, 2, 2, 3]);
  expect(saturation.count).toBe(3);
  expect(saturation.sum).toBeCloseTo(2.1);
  expect(taken).toBe(3);
});

test('countSample() leaves out a ratio that is not known', () => {
  expect(countSample(noSamples, figures())).toEqual({ ...noSamples, taken: 1 });
});

test('countMissedSample() counts a full second only under the verdict "exhausted"', () => {
  expect(countMissedSample(noSamples, { verdict: { exhausted: false, evidence: [] } })).toEqual({
    ...noSamples,
    missed: 1,
  });
  const { saturation, missed } = countMissedSample(noSamples, {
    verdict: { exhausted: true, evidence: ['accept_queue'] },
  });
  expect(missed).toBe(1);
  expect(saturation.buckets).toEqual([0, 0, 0, 0, 0, 1]);
});
