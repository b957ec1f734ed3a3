import { expect, test } from 'vitest';
import { emptySamples } from '../../src/derive/count-sample.ts';
import { type Sampled, sampledUnderOthers } from '../../src/derive/samples-since.ts';

const sampled = (count: number): Sampled => ({
  keepaliveSlots: { sum: 3 * count, count },
  saturation: { ...emptySamples.saturation, counts: [count, 0, 0, 0, 0, 0, 0] },
});
const setting = { todaySeconds: 5, slots: 100 };
const under = (sampledBefore?: Sampled) => ({ ...setting, sampledBefore });

test('sampledUnderOthers() is none while the setting stays, and remembers what was before a change', () => {
  expect(sampledUnderOthers(sampled(900), undefined, setting)).toBeUndefined();
  expect(sampledUnderOthers(sampled(900), under(), setting)).toBeUndefined();
  const changed = sampledUnderOthers(sampled(900), under(), { ...setting, todaySeconds: 2 });
  expect(changed).toEqual(sampled(900));
  expect(sampledUnderOthers(sampled(950), under(changed), setting)).toEqual(sampled(900));
});

test('sampledUnderOthers() keeps the idle slots when only the number of slots changes', () => {
  const wider = { ...setting, slots: 200 };
  expect(sampledUnderOthers(sampled(900), under(), wider)).toEqual({
    keepaliveSlots: { sum: 0, count: 0 },
    saturation: sampled(900).saturation,
  });
  expect(sampledUnderOthers(sampled(900), under(sampled(300)), wider)).toEqual({
    keepaliveSlots: sampled(300).keepaliveSlots,
    saturation: sampled(900).saturation,
  });
});

test('sampledUnderOthers() forgets what was before once sampling has begun anew', () => {
  expect(sampledUnderOthers(sampled(5), under(sampled(900)), setting)).toBeUndefined();
});
