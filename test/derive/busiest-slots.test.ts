import fc from 'fast-check';
import { expect, test } from 'vitest';
import { busiestOf, timeAt } from '../../src/derive/busiest-slots.ts';
import { slotBin, slotBinCount } from '../../src/derive/slot-bins.ts';

const load = {
  timeoutSeconds: 5,
  busiest: { busy: 2, gap: 8, tail: 100 },
  busiestWithoutTails: 10,
  busiestHour: undefined,
  moments: [],
};
const share = (value: number) => ({ low: value, expected: value, high: value });

test('busiestOf() is known when all clients stay, or none does', () => {
  expect(busiestOf(load, share(1))).toEqual({ low: 110, expected: 110, high: 110 });
  expect(busiestOf(load, share(0))).toEqual({ low: 10, expected: 10, high: 10 });
});

test('busiestOf() adds a standard deviation where clients close by chance, up to whole tails', () => {
  expect(busiestOf(load, share(0.5))).toEqual({ low: 60, expected: 60, high: 65 });
  expect(busiestOf(load, share(0.99)).high).toBeCloseTo(109.99, 1);
  expect(busiestOf(load, share(0.9999)).high).toBeLessThanOrEqual(110);
});

test('timeAt() counts no moment too few, whatever share of the tails is held', () => {
  const slots = fc.integer({ min: 0, max: 60 });
  const moments = fc.array(fc.record({ busy: slots, tail: slots }), {
    minLength: 1,
    maxLength: 30,
  });
  const shares = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(moments, shares, fc.integer({ min: 1, max: 100 }), (all, held, limit) => {
      const bins = new Array<number>(slotBinCount).fill(0);
      for (const { busy, tail } of all) {
        const bin = slotBin(busy + tail);
        bins[bin] = (bins[bin] ?? 0) + 1;
      }
      const [most] = all.toSorted((a, b) => b.busy + b.tail - a.busy - a.tail);
      const real = all.filter(({ busy, tail }) => busy + held * tail >= limit).length;
      const counted = timeAt(
        limit,
        {
          ...load,
          busiest: { busy: 0, gap: 0, tail: 0, ...most },
          busiestWithoutTails: Math.max(...all.map(({ busy }) => busy)),
          moments: bins,
        },
        held,
      );
      expect((counted ?? 0) * all.length).toBeGreaterThanOrEqual(real - 1e-9);
      // With whole tails no more than those that the log shows, up to the width of a bin.
      const whole = all.filter(({ busy, tail }) => (busy + tail) * 1.02 >= limit).length;
      expect((counted ?? 0) * all.length).toBeLessThanOrEqual(whole + 1e-9);
    }),
  );
  expect(timeAt(1, load, 1)).toBeUndefined();
});
