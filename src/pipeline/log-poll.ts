import type { BadField } from '../snapshot/status-page.ts';
import type { Observation } from '../snapshot/target-view.ts';
import type { Log } from './log.ts';

export interface LoggedPoll {
  /** Result of the previous poll. */
  readonly before: Observation | undefined;
  readonly observation: Observation;
  readonly badFields: readonly BadField[];
}

/** Each poll at debug level; at a higher level only a target that fails in a new way, or answers again. */
export function logPoll(log: Log, { before, observation, badFields }: LoggedPoll): void {
  const { outcome, timings } = observation;
  const target = observation.target.name;
  const result = resultOf(outcome);
  log.debug('polled', { target, result, duration_seconds: timings.durationSeconds });
  for (const { field, line, found } of badFields) {
    log.debug('a field of the status page cannot be read', { target, line, field, found });
  }
  if (result === resultOf(before?.outcome)) return;
  if (outcome.kind === 'answered') log.info('target answers again', { target });
  else {
    const { message, remedy } = outcome.failure;
    log.warn('target cannot be read', { target, result, error: message, remedy });
  }
}

/** Nothing is logged for a first poll that succeeds. */
function resultOf(outcome: Observation['outcome'] | undefined): string {
  return outcome?.kind === 'failed' ? outcome.failure.result : 'ok';
}
