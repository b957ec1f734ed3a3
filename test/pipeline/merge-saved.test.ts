import { expect, test } from 'vitest';
import type { SavedTarget, SavedTargets } from '../../src/pipeline/checkpoint-record.ts';
import { mergeSaved } from '../../src/pipeline/merge-saved.ts';

const week = 7 * 86_400;
const place = { files: {}, gone: { readBytes: 0, skippedBytes: 0, rotations: 0, tooLongLines: 0 } };

function target(...keys: readonly string[]): SavedTarget {
  const places = Object.fromEntries(keys.map((key) => [key, place]));
  return { errorEvents: {}, places, removedSince: null, unreadSince: {} };
}

/** Saves again and again, as the exporter does. */
function saveAt(times: readonly number[], live: SavedTargets, before: SavedTargets): SavedTargets {
  return times.reduce((saved, now) => mergeSaved({ before: saved, live, now }), before);
}

test('a target that was removed is kept for a week, and then no longer', () => {
  const before = { shop: target('a'), edge: target('b') };
  const live = { edge: target('b') };
  const kept = saveAt([1000, 5000, 1000 + week], live, before);
  expect(Object.keys(kept).toSorted()).toEqual(['edge', 'shop']);
  expect(Object.keys(saveAt([1001 + week], live, kept))).toEqual(['edge']);
});

test('a target that comes back is no longer removed', () => {
  const removed = saveAt([1000], {}, { shop: target('a') });
  const back = saveAt([2000], { shop: target('a') }, removed);
  expect(Object.keys(saveAt([3000, 2000 + week], {}, back))).toEqual(['shop']);
});

test('the same holds for a log of a target that stays', () => {
  const live = { shop: target('a') };
  const kept = saveAt([1000, 5000, 1000 + week], live, { shop: target('a', 'b') });
  expect(Object.keys(kept['shop']?.places ?? {}).toSorted()).toEqual(['a', 'b']);
  expect(Object.keys(saveAt([1001 + week], live, kept)['shop']?.places ?? {})).toEqual(['a']);
  const again = saveAt([1001 + week], { shop: target('a', 'b') }, kept);
  expect(again['shop']?.unreadSince).toEqual({});
});
