import type { Observation } from '../snapshot/target-view.ts';
import type { Log } from './log.ts';

/** One line when a target fails in a new way and one when it answers again, not one for each scrape. */
export function logTransition(
  log: Log,
  before: Observation | undefined,
  { target: { name: target }, outcome }: Observation,
): void {
  if (resultOf(before?.outcome) === resultOf(outcome)) return;
  if (outcome.kind === 'answered') log.info('target answers again', { target });
  else {
    const { result, message, remedy } = outcome.failure;
    log.warn('target cannot be read', { target, result, error: message, remedy });
  }
}

function resultOf(outcome: Observation['outcome'] | undefined): string {
  return outcome?.kind === 'failed' ? outcome.failure.result : 'ok';
}
