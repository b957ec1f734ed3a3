import { expect, test } from 'vitest';
import { deriveNginxSlots } from '../../src/derive/nginx-slots.ts';
import {
  bridgeVerdict,
  droppedSince,
  emptyPollMemory,
  rememberPoll,
} from '../../src/derive/poll-memory.ts';
import type { Observation } from '../../src/snapshot/target-view.ts';
import { answeredWith, failedWith } from '../support/page-view.ts';

function answered(accepts: number, handled: number): Observation {
  const snapshot = { kind: 'nginx', accepts, handled } as const;
  return {
    target: { name: 'edge', server: 'nginx' },
    atSeconds: 0,
    timings: { durationSeconds: 0 },
    outcome: { kind: 'answered', snapshot, figures: deriveNginxSlots(snapshot, {}) },
  };
}

test.each([
  ['a drop that the next poll takes back', [0, 0, 1, 0], 0],
  ['a drop of this poll only', [0, 0, 0, 1], 0],
  ['a drop that two polls agree on', [0, 0, 3, 3], 3],
  ['drops that go on', [0, 2, 5], 2],
  ['a restart', [9, 9, 0, 0], 0],
  ['the first two polls', [0, 4], undefined],
])('droppedSince(): %s', (_, differences, expected) => {
  const memory = differences.reduce(
    (before, dropped) => rememberPoll(before, answered(100 + dropped, 100)),
    emptyPollMemory,
  );
  expect(droppedSince(memory)).toBe(expected);
});

test('droppedSince() compares what was accepted with what was handled, both of which grow', () => {
  const polls = [answered(100, 100), answered(250, 248), answered(380, 378)];
  expect(droppedSince(polls.reduce(rememberPoll, emptyPollMemory))).toBe(2);
});

test('rememberPoll() keeps the last answer and the drops when a poll fails', () => {
  const polls = [answered(1, 1), answered(2, 1), answered(2, 1)];
  const memory = polls.reduce(rememberPoll, emptyPollMemory);
  const failed: Observation = {
    ...answered(0, 0),
    outcome: failedWith('response_timeout'),
  };
  expect(rememberPoll(memory, failed)).toEqual({ ...memory, lastFailed: failed });
  expect(memory.lastAnswered).toBe(polls[2]);
});

test('rememberPoll() begins again after a page without the counters', () => {
  const page: Observation = { ...answered(0, 0), outcome: answeredWith(5) };
  const polls = [answered(1, 1), answered(2, 1), page, answered(5, 1), answered(5, 1)];
  expect(droppedSince(polls.reduce(rememberPoll, emptyPollMemory))).toBeUndefined();
});

test('bridgeVerdict() keeps the last certain verdict for 15 seconds when a poll shows nothing', () => {
  const full = { exhausted: true, evidence: ['accept_queue'] } as const;
  const memory = { ...emptyPollMemory, lastCertain: { verdict: full, atMilliseconds: 1000 } };
  expect(bridgeVerdict({ evidence: [] }, memory, 16_000)).toBe(full);
  expect(bridgeVerdict({ evidence: [] }, memory, 16_001)).toEqual({ evidence: [] });
  const free = { exhausted: false, evidence: [] };
  expect(bridgeVerdict(free, memory, 2000)).toBe(free);
});
