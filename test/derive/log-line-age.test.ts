import { expect, test } from 'vitest';
import { isJustNow, writtenJustNow } from '../../src/derive/log-line-age.ts';

const now = 1_000_000_000;
const caughtUp = { readAt: now, endSeenAt: now - 0.25, zoneSeconds: 0 };
const backlog = { readAt: now, endSeenAt: Number.NEGATIVE_INFINITY, zoneSeconds: 0 };

test.each([
  ['a line of this second', { ...caughtUp, wallSeconds: now }, now],
  ['a line of four seconds ago', { ...caughtUp, wallSeconds: now - 4 }, now - 4],
  ['an old line', { ...caughtUp, wallSeconds: now - 60 }, undefined],
  ['a line of yesterday', { ...caughtUp, wallSeconds: now - 86_400 }, undefined],
  ['a line of tomorrow', { ...caughtUp, wallSeconds: now + 86_400 }, undefined],
  ['a line of the next minute', { ...caughtUp, wallSeconds: now + 60 }, undefined],
  ['a line a second ahead', { ...caughtUp, wallSeconds: now + 1 }, now],
  ['a server in India', { ...caughtUp, wallSeconds: now + 19_800 - 2 }, now - 2],
  [
    'a line of the second in which the end of the log was reached',
    { ...caughtUp, wallSeconds: now - 1 },
    now - 0.25,
  ],
  ['a new line without a time', { ...caughtUp, wallSeconds: undefined }, now - 0.25],
  ['an old line of a backlog', { ...backlog, wallSeconds: now - 60 }, undefined],
  ['a whole hour ago, of a backlog', { ...backlog, wallSeconds: now - 3600 }, undefined],
  ['a new line of a backlog', { ...backlog, wallSeconds: now - 1 }, now - 1],
  [
    'a new line of a backlog, in our zone',
    { ...backlog, zoneSeconds: 3600, wallSeconds: now + 3599 },
    now - 1,
  ],
  ['a line of a backlog without a time', { ...backlog, wallSeconds: undefined }, undefined],
  [
    'a line without a time, after a pause',
    { ...caughtUp, endSeenAt: now - 60, wallSeconds: undefined },
    undefined,
  ],
])('writtenJustNow() of %s', (_, line, writtenAt) => {
  expect(writtenJustNow(line)).toBe(writtenAt);
});

test('isJustNow() holds for five seconds, and not after the clock was set back', () => {
  expect([0, 5, 6, -1, -3600].map((age) => isJustNow(now - age, now))).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
});
