import { describe, expect, test } from 'vitest';
import { withValue } from '../../src/derive/histogram.ts';
import {
  countHost,
  countPoll,
  countSampleOf,
  initialTargetState,
  rememberObservation,
  showReadings,
  type TargetReadings,
  type TargetState,
  unfinishedView,
} from '../../src/derive/target-state.ts';
import type { Observation } from '../../src/snapshot/target-view.ts';
import { answeredWith, failedWith, fullPreforkConnections, viewOf } from '../support/page-view.ts';

const timedOut: Observation = {
  target: { name: 'shop', server: 'nginx' },
  atSeconds: 1000,
  timings: { durationSeconds: 1 },
  outcome: {
    kind: 'failed',
    failure: { result: 'response_timeout', message: 'no answer', remedy: 'wait' },
  },
};

/** The error log said a second ago that no slot is left: a verdict that is certain. */
const loggedNow = { nowMilliseconds: 5000, loggedSecondsAgo: 0.5 };
const readings: TargetReadings = { observation: timedOut, capacity: {} };

/** A poll that tells nothing about slots. */
const unresolved: TargetReadings = {
  ...readings,
  observation: {
    ...timedOut,
    outcome: { kind: 'failed', failure: { result: 'dns', message: 'no name', remedy: 'wait' } },
  },
};

/** One connection that has been idle for five seconds. */
const connections = {
  ...fullPreforkConnections,
  idleSeconds: withValue(initialTargetState.counters.samples.idleSeconds, 5),
};

const fullState = (): TargetState =>
  showReadings(rememberObservation(initialTargetState, timedOut), readings, loggedNow);

describe('a target state', () => {
  test('counts each failure under its own result, and bad fields of answered pages', () => {
    const failed = countPoll(initialTargetState, timedOut.outcome, 0);
    const { failures, badFields } = countPoll(failed, timedOut.outcome, 3).counters;
    expect({ failures, badFields }).toMatchObject({
      failures: { response_timeout: 2, refused: 0 },
      badFields: 3,
    });
  });

  test('counts no failure for an answered poll', () => {
    const { failures } = countPoll(initialTargetState, answeredWith(5), 0).counters;
    expect(failures).toEqual(initialTargetState.counters.failures);
  });

  test('counts the ratios of an answered sample', () => {
    const sampled = viewOf(answeredWith(50));
    const { saturation, taken, missed } = countSampleOf(initialTargetState, sampled).counters
      .samples;
    expect({ sum: saturation.sum, taken, missed }).toEqual({ sum: 0.5, taken: 1, missed: 0 });
  });

  test('counts a sample without an answer as missed', () => {
    const sampled = viewOf(failedWith('response_timeout'));
    const { taken, missed } = countSampleOf(initialTargetState, sampled).counters.samples;
    expect({ taken, missed }).toEqual({ taken: 0, missed: 1 });
  });

  test('an uncertain verdict does not take the place of the last certain one', () => {
    const full = fullState();
    const late = showReadings(full, unresolved, { nowMilliseconds: 60_000 });
    expect(late.memory.lastCertain).toBe(full.memory.lastCertain);
  });

  test('a verdict that stands in for later views ages from the poll that found it', () => {
    const full = fullState();
    const soon = showReadings(full, unresolved, { nowMilliseconds: 15_000 });
    expect(soon.memory.lastCertain?.atMilliseconds).toBe(loggedNow.nowMilliseconds);
  });

  test('an unfinished poll states nothing about the server', () => {
    expect(unfinishedView(timedOut)).toEqual({
      observation: timedOut,
      unfinished: true,
      verdict: { evidence: [] },
      counters: initialTargetState.counters,
    });
  });

  test('counts the idle times of one reading of the kernel once', () => {
    const state: TargetState = {
      ...initialTargetState,
      readings: { ...readings, host: { kernelReadAtSeconds: 7 } },
    };
    expect(countHost(state, { kernelReadAtSeconds: 7, connections })).toBe(state);
    expect(countHost(state, undefined)).toBe(state);
    const { idleSeconds } = countHost(state, { kernelReadAtSeconds: 8, connections }).counters
      .samples;
    expect(idleSeconds.sum).toBe(5);
  });

  test('a certain verdict stands in for views that tell nothing, for a while', () => {
    const full = fullState();
    expect(full.view?.verdict.exhausted).toBe(true);
    const soon = showReadings(full, unresolved, { nowMilliseconds: 15_000 });
    expect(soon.view.verdict).toBe(full.view?.verdict);
    const late = showReadings(full, unresolved, { nowMilliseconds: 60_000 });
    expect(late.view.verdict.exhausted).toBeUndefined();
  });

  test('a sample that was not taken while the server is exhausted counts as saturation 1', () => {
    const { saturation, missed, taken } = countSampleOf(fullState(), undefined).counters.samples;
    expect({ sum: saturation.sum, missed, taken }).toEqual({ sum: 1, missed: 1, taken: 0 });
  });

  test('a sample that was not taken of a server nothing is known of counts as missed only', () => {
    const { saturation, missed } = countSampleOf(initialTargetState, undefined).counters.samples;
    expect({ sum: saturation.sum, missed }).toEqual({ sum: 0, missed: 1 });
  });
});
