import type { ConfigView } from '../snapshot/audit.ts';
import type { HostFigures } from '../snapshot/host.ts';
import type { ScrapeFailureResult } from '../snapshot/scrape.ts';
import type { SlotHolders } from '../snapshot/slot-table.ts';
import type { Capacity } from '../snapshot/slots.ts';
import type {
  Observation,
  ObservationOutcome,
  TargetCounters,
  TargetView,
} from '../snapshot/target-view.ts';
import { buildView } from './build-view.ts';
import {
  countIdleSeconds,
  countMissedSample,
  countSample,
  emptySamples,
  sampledFigures,
} from './count-sample.ts';
import { emptyPollMemory, type PollMemory, rememberPoll } from './poll-memory.ts';

/** The latest readings of a target, from all sources. */
export interface TargetReadings {
  readonly observation: Observation;
  readonly capacity: Capacity;
  readonly host?: HostFigures;
  readonly holders?: SlotHolders;
  readonly config?: ConfigView;
}

/** The state of a watched target. Each function below applies one event to it. */
export interface TargetState {
  /** Absent until the first poll has ended. */
  readonly readings?: TargetReadings;
  readonly view?: TargetView;
  readonly memory: PollMemory;
  readonly counters: TargetCounters;
}

/** What is valid only at the moment a view is built. */
export interface Moment {
  /** Milliseconds of a clock that never goes back. */
  readonly nowMilliseconds: number;
  /** Seconds since an error log last reported that no slot is left; absent without a recent line. */
  readonly loggedSecondsAgo?: number;
  readonly laneUp?: boolean;
}

export const initialTargetState: TargetState = {
  memory: emptyPollMemory,
  counters: { failures: noFailures(), badFields: 0, samples: emptySamples },
};

function noFailures(): Record<ScrapeFailureResult, number> {
  return {
    dns: 0,
    refused: 0,
    connect_timeout: 0,
    response_timeout: 0,
    reset: 0,
    empty_reply: 0,
    tls: 0,
    http_status: 0,
    not_a_status_page: 0,
    too_large: 0,
    other: 0,
  };
}

/** A poll has ended: counts its failure, or the unreadable fields of its page. */
export function countPoll(
  state: TargetState,
  outcome: ObservationOutcome,
  badFields: number,
): TargetState {
  const { counters } = state;
  const failures =
    outcome.kind === 'answered'
      ? counters.failures
      : countFailure(counters.failures, outcome.failure.result);
  return {
    ...state,
    counters: { ...counters, failures, badFields: counters.badFields + badFields },
  };
}

function countFailure(failures: TargetCounters['failures'], result: ScrapeFailureResult) {
  return { ...failures, [result]: failures[result] + 1 };
}

/** Remembers the poll for later verdicts. */
export function rememberObservation(state: TargetState, observation: Observation): TargetState {
  return { ...state, memory: rememberPoll(state.memory, observation) };
}

/** The kernel was read: counts idle times once for each reading. */
export function countHost(state: TargetState, host: HostFigures | undefined): TargetState {
  const before = state.readings?.host?.kernelReadAtSeconds;
  if (host === undefined || host.kernelReadAtSeconds === before) return state;
  const samples = countIdleSeconds(state.counters.samples, host.connections);
  return { ...state, counters: { ...state.counters, samples } };
}

/** A sample has ended with this view. Without a view it was not taken, because the previous one was still under way. */
export function countSampleOf(state: TargetState, sampled: TargetView | undefined): TargetState {
  const { samples } = state.counters;
  const answered = sampled?.observation.outcome.kind === 'answered';
  return {
    ...state,
    counters: {
      ...state.counters,
      samples: answered
        ? countSample(samples, sampledFigures(sampled))
        : countMissedSample(samples, sampled ?? state.view),
    },
  };
}

/** The view of these readings. A certain verdict stays for a while after readings without evidence. */
export function showReadings(
  state: TargetState,
  readings: TargetReadings,
  moment: Moment,
): TargetState & { readonly view: TargetView } {
  const { memory, counters } = state;
  const view = buildView({ ...readings, ...moment, memory, counters });
  const { verdict } = view;
  if (verdict.exhausted === undefined || verdict === memory.lastCertain?.verdict) {
    return { ...state, readings, view };
  }
  const lastCertain = { verdict, atMilliseconds: moment.nowMilliseconds };
  return { ...state, readings, view, memory: { ...memory, lastCertain } };
}

/** The view when the first caller leaves before the server could answer; it states nothing about the server. */
export function unfinishedView(observation: Observation): TargetView {
  return {
    observation,
    unfinished: true,
    verdict: { evidence: [] },
    counters: initialTargetState.counters,
  };
}
