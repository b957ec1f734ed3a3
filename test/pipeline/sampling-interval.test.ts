import { expect, test } from 'vitest';
import { samplingInterval } from '../../src/pipeline/sampling-interval.ts';

test.each([
  [undefined, 1, 1000],
  [undefined, 50, 1000],
  [undefined, 1000, 20_000],
  [200, 1000, 200],
  [0, 1, 0],
])('samplingInterval() with interval %j and %i targets is %i ms', (interval, targets, wanted) => {
  const sampling = {
    observation_lane: false,
    ...(interval === undefined ? {} : { interval }),
  };
  expect(samplingInterval(sampling, targets)).toBe(wanted);
});
