import { expect, test } from 'vitest';
import { isUnansweredWithoutCause, ratioOf, sortByTrouble } from '../../src/page/rank.ts';
import {
  answeredWith,
  exhaustedTarget,
  failedWith,
  targetOf,
  viewOf,
} from '../support/page-view.ts';

const down = targetOf('down', { view: viewOf(failedWith('refused'), { unanswered: true }) });
const silent = targetOf('silent', {
  view: viewOf(failedWith('response_timeout'), { unanswered: true }),
});
const busy = targetOf('busy', { view: viewOf(answeredWith(80)) });
const calm = targetOf('calm', { view: viewOf(answeredWith(1)) });
const unseen = targetOf('unseen');

test('sortByTrouble() puts exhausted first, then down, unanswered, and the busiest', () => {
  const sorted = sortByTrouble([unseen, calm, busy, silent, down, exhaustedTarget]);
  expect(sorted.map(({ identity }) => identity.name)).toEqual([
    'full',
    'down',
    'silent',
    'busy',
    'calm',
    'unseen',
  ]);
});

test('ratioOf() of an exhausted server is 1, even if its slots are unknown', () => {
  const verdict = { exhausted: true, evidence: [] };
  const blind = targetOf('blind', { verdict, view: viewOf(failedWith('connect_timeout')) });
  expect(ratioOf(blind, 'workerSaturation')).toBe(1);
  expect(ratioOf(blind, 'keepaliveOccupancy')).toBeUndefined();
});

test('ratioOf() never uses the figures of an earlier poll', () => {
  const { observation } = viewOf(answeredWith(10));
  const target = targetOf('t', { lastAnswered: observation, view: viewOf(failedWith('reset')) });
  expect(ratioOf(target, 'workerSaturation')).toBeUndefined();
});

test.each([
  [down, false],
  [silent, true],
  [exhaustedTarget, false],
  [calm, false],
])('isUnansweredWithoutCause() leaves out what has a cause: %#', (target, expected) => {
  expect(isUnansweredWithoutCause(target)).toBe(expected);
});
