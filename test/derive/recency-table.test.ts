import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addEntry,
  createRecencyTable,
  findEntry,
  touchEntry,
} from '../../src/derive/recency-table.ts';

test('a table holds what a Map in order of use would hold', () => {
  const key = fc.integer({ min: 0, max: 5000 }).map((n) => n * 1_000_003);
  fc.assert(
    fc.property(fc.array(key, { maxLength: 6000, size: 'max' }), (keys) => {
      const table = createRecencyTable(2048);
      const model = new Map<number, number>();
      for (const [time, wanted] of keys.entries()) {
        const found = findEntry(table, wanted);
        expect(found !== -1).toBe(model.has(wanted));
        const entry = found === -1 ? addEntry(table, wanted, -1) : found;
        touchEntry(table, entry, time);
        model.delete(wanted);
        model.set(wanted, time);
        const [oldest] = model.keys();
        if (model.size > 2048 && oldest !== undefined) model.delete(oldest);
      }
      expect(table.size).toBe(model.size);
      for (const [wanted, time] of model) {
        expect(table.times[findEntry(table, wanted)]).toBe(time);
      }
    }),
    { numRuns: 8 },
  );
});
