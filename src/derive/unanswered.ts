import type { HostFigures } from '../snapshot/host.ts';
import type { ObservationOutcome } from '../snapshot/target-view.ts';
import type { Verdict } from '../snapshot/verdict.ts';
import { visitorPatienceSeconds } from './verdict.ts';

export interface AnswerKnowledge {
  readonly outcome: ObservationOutcome;
  readonly verdict: Verdict;
  readonly connections?: HostFigures['connections'];
}

/**
 * Whether a visitor who connects now gets no answer: the server is full, hung, starting or restarting. A server that
 * refuses connections is down, which webserver_up shows. Undefined when the poll never reached the server.
 */
export function deriveUnanswered(knowledge: AnswerKnowledge): boolean | undefined {
  const { outcome, verdict, connections } = knowledge;
  if (verdict.exhausted === true) return true;
  if ((connections?.oldestQueuedSeconds ?? 0) >= visitorPatienceSeconds) return true;
  if (outcome.kind === 'answered') return false;
  switch (outcome.failure.result) {
    case 'response_timeout':
    case 'connect_timeout':
    case 'empty_reply':
    case 'reset':
      return true;
    case 'dns':
    case 'other':
      return undefined;
    default:
      return false;
  }
}
