import { expect, test } from 'vitest';
import { summarizeConnections } from '../../src/derive/connection-activity.ts';
import {
  countMissedSample,
  countSample,
  emptySamples,
  sampledFigures,
} from '../../src/derive/count-sample.ts';
import { countOf } from '../../src/derive/histogram.ts';
import type { SlotFigures } from '../../src/snapshot/slots.ts';

const figures = (workerSaturation?: number): SlotFigures => ({
  keepaliveModel: 'blocking',
  groups: [],
  ...(workerSaturation === undefined ? {} : { workerSaturation }),
});

test('countSample() adds to the bucket of the ratio', () => {
  const { saturation, taken } = [0.2, 0.9, 1].reduce(
    (counters, ratio) => countSample(counters, figures(ratio)),
    emptySamples,
  );
  expect(saturation.counts).toEqual([1, 0, 0, 1, 0, 1, 0]);
  expect(saturation.sum).toBeCloseTo(2.1);
  expect(taken).toBe(3);
});

test('countSample() leaves out a ratio that is not known', () => {
  expect(countSample(emptySamples, figures())).toEqual({ ...emptySamples, taken: 1 });
});

test('countMissedSample() counts a full second only under the verdict "exhausted"', () => {
  expect(countMissedSample(emptySamples, { verdict: { exhausted: false, evidence: [] } })).toEqual({
    ...emptySamples,
    missed: 1,
  });
  const { saturation, missed } = countMissedSample(emptySamples, {
    verdict: { exhausted: true, evidence: ['accept_queue'] },
  });
  expect(missed).toBe(1);
  expect(saturation.counts).toEqual([0, 0, 0, 0, 0, 1, 0]);
});

test('countMissedSample() counts the idle clients that the kernel shows in a full server', () => {
  // Otherwise the mean of idle slots would be that of the moments that were not full.
  const full: SlotFigures = {
    ...figures(1),
    groups: [
      { kind: 'worker', counts: new Map([['active', 9] as const]), fromKernel: true },
      { kind: 'connection', counts: new Map([['keepalive', 40] as const]), fromKernel: true },
    ],
  };
  const missed = (exhausted: boolean) =>
    countMissedSample(emptySamples, { verdict: { exhausted, evidence: [] }, figures: full });
  expect(missed(true).keepaliveSlots).toEqual({ sum: 40, count: 1 });
  expect(missed(false).keepaliveSlots).toEqual({ sum: 0, count: 0 });
});

test('sampledFigures() leaves out what Apache event says of its idle connections where the kernel knows better', () => {
  const host = { connections: summarizeConnections([]) };
  const counts = new Map([['keepalive', 9] as const]);
  const event = (part: { readonly fromKernel?: true } = {}): SlotFigures => ({
    keepaliveModel: 'async',
    groups: [{ kind: 'connection', counts, ...part }],
    keepaliveOccupancy: 0.5,
    workerSaturation: 0.2,
  });
  const counted = (view: Parameters<typeof sampledFigures>[0]) => {
    const { keepaliveOccupancy, keepaliveSlots, saturation } = countSample(
      emptySamples,
      sampledFigures(view),
    );
    return [countOf(saturation), countOf(keepaliveOccupancy), keepaliveSlots.count];
  };
  // Its count lags by up to KeepAliveTimeout; the kernel is read with some samples only.
  expect(counted({ figures: event(), host })).toEqual([1, 0, 1]);
  expect(counted({ figures: event({ fromKernel: true }), host })).toEqual([1, 1, 1]);
  // Without ss it is all there is.
  expect(counted({ figures: event(), host: {} })).toEqual([1, 1, 1]);
  expect(counted({ figures: { ...event(), keepaliveModel: 'blocking' }, host })).toEqual([1, 1, 1]);
});
