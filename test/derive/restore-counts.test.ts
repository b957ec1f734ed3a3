import { expect, test } from 'vitest';
import { createLogCounts } from '../../src/derive/log-fold.ts';
import { restoreCounts } from '../../src/derive/restore-counts.ts';

const options = {
  requestDurationBuckets: [0.1, 1],
  upstreamConnectBuckets: [0.1, 1],
  upstreamResponseBuckets: [0.1, 1],
  vhosts: ['a', 'b'],
};
const counts = (changes: object = {}) => createLogCounts({ ...options, ...changes });
const asJson = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value));

test('restoreCounts() takes what was counted with the same lists', () => {
  const saved = { ...asJson(counts()), linesParsed: 7, lastLineSeconds: 3 };
  expect(restoreCounts(saved, counts())).toMatchObject({ linesParsed: 7, lastLineSeconds: 3 });
});

test('restoreCounts() takes the responses of each code that occurred', () => {
  const responses = counts().responses.map((row, code) => (code === 100 ? [3, 0, 4] : row));
  const restored = restoreCounts(asJson({ ...counts(), responses }), counts());
  expect(restored?.responses[100]).toEqual([3, 0, 4]);
});

test('restoreCounts() begins a field at 0 that is new since then, and drops one that is gone', () => {
  const saved = { ...asJson(counts()), clientAborts: undefined, linesParsed: 7, gone: 1 };
  const restored = restoreCounts(saved, counts());
  expect(restored).toMatchObject({ linesParsed: 7, clientAborts: 0 });
  expect(restored).not.toHaveProperty('gone');
});

test.each([
  ['other buckets', counts({ requestDurationBuckets: [0.1, 2] })],
  ['virtual hosts in another order', counts({ vhosts: ['b', 'a'] })],
  ['fewer virtual hosts', counts({ vhosts: ['a'] })],
  ['a negative count', { ...counts(), linesParsed: -1 }],
  ['a count that is text', { ...counts(), responseBytes: '7' }],
  ['a row that is none', { ...counts(), responses: counts().responses.map(() => ['x']) }],
  [
    'one negative count of a list',
    { ...counts(), badFields: counts().badFields.map((_, i) => -i) },
  ],
  [
    'a row with one negative count',
    { ...counts(), responses: counts().responses.map(() => [1, -1]) },
  ],
  ['a number in place of a histogram', { ...counts(), requestDuration: 7 }],
  ['a list', []],
  ['nothing', null],
])('restoreCounts() refuses %s', (_, saved) => {
  expect(restoreCounts(JSON.parse(JSON.stringify(saved)), counts())).toBeUndefined();
});
