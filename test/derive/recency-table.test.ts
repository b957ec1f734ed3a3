import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addEntry,
  clearTable,
  createRecencyTable,
  findEntry,
  type RecencyTable,
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

/** Adds the key as a new request would, with its number as the time. */
function add(table: RecencyTable, key: number, uselessBefore = -1): number {
  const entry = addEntry(table, key, uselessBefore);
  touchEntry(table, entry, key);
  return entry;
}

const holds = (table: RecencyTable, keys: readonly number[]) =>
  keys.filter((key) => findEntry(table, key) !== -1);

test('a table finds the other keys at the same position of its index after it drops the first of them', () => {
  const table = createRecencyTable(4);
  // With four entries the index has eight positions: all of these have the same.
  const keys = [8, 16, 24, 32, 40];
  for (const key of keys) add(table, key);
  expect(holds(table, keys)).toEqual([16, 24, 32, 40]);
  expect(table.evicted).toBe(1);
});

test('a table that grows keeps every column of its entries', () => {
  const table = createRecencyTable(2048);
  const first = add(table, 7);
  table.others[first] = 0.5;
  table.counts[first] = 3;
  table.ticks[first] = 99;
  table.flags[first] = 1;
  for (let key = 1000; key < 2500; key++) add(table, key);
  const entry = findEntry(table, 7);
  const { times, others, counts, ticks, flags } = table;
  expect([times, others, counts, ticks, flags].map((column) => column[entry])).toEqual([
    7, 0.5, 3, 99, 1,
  ]);
});

test('a cleared table is empty, drops nothing that counts, and begins its order again', () => {
  const table = createRecencyTable(2);
  for (const key of [1, 2]) add(table, key);
  clearTable(table);
  expect(table.size).toBe(0);
  expect(holds(table, [1, 2])).toEqual([]);
  for (const key of [3, 4, 5]) add(table, key);
  expect(holds(table, [1, 2, 3, 4, 5])).toEqual([4, 5]);
  expect(table.evicted).toBe(1);
});

test('a table with one entry, of no more use, reuses it and keeps its order', () => {
  const table = createRecencyTable(2);
  add(table, 1);
  add(table, 2, 10);
  expect(holds(table, [1, 2])).toEqual([2]);
  for (const key of [3, 4]) add(table, key);
  expect(holds(table, [1, 2, 3, 4])).toEqual([3, 4]);
  expect(table.evicted).toBe(1);
});
