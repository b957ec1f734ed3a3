import type { Observation } from '../snapshot/target-view.ts';
import type { Verdict } from '../snapshot/verdict.ts';

/** What is remembered of earlier polls of a target. */
export interface PollMemory {
  /** The last poll that was answered. */
  readonly lastAnswered?: Observation;
  /** The last poll that failed. */
  readonly lastFailed?: Observation;
  /** Dropped connections (accepts - handled) of the last answered polls of nginx, newest first. */
  readonly dropped: readonly number[];
  readonly lastCertain?: CertainVerdict;
}

export interface CertainVerdict {
  readonly verdict: Verdict;
  /** Milliseconds of a clock that never goes back. */
  readonly atMilliseconds: number;
}

export const emptyPollMemory: PollMemory = { dropped: [] };

/** Three values are needed to confirm a drop. */
const droppedKept = 3;

export function rememberPoll(memory: PollMemory, observation: Observation): PollMemory {
  const { outcome } = observation;
  if (outcome.kind === 'failed') return { ...memory, lastFailed: observation };
  const dropped = droppedOf(observation);
  return {
    ...memory,
    lastAnswered: observation,
    dropped: dropped === undefined ? [] : [dropped, ...memory.dropped].slice(0, droppedKept),
  };
}

/**
 * Connections that nginx has dropped since the poll before the last. One poll is not proof: nginx counts a connection
 * as handled a moment after it counts it as accepted, so the difference can show a drop that did not happen (4 of 2,602
 * polls). A restart sets both counters to 0, which is not growth.
 */
export function droppedSince({ dropped }: PollMemory): number | undefined {
  const [now, before, earlier] = dropped;
  if (now === undefined || before === undefined || earlier === undefined) return undefined;
  return Math.max(0, Math.min(now, before) - earlier);
}

function droppedOf({ outcome }: Observation): number | undefined {
  if (outcome.kind !== 'answered' || outcome.snapshot.kind !== 'nginx') return undefined;
  const { accepts, handled } = outcome.snapshot;
  return accepts === undefined || handled === undefined ? undefined : accepts - handled;
}

/** How long the last certain verdict is kept while polls provide no evidence. */
const bridgeMilliseconds = 15_000;

/** The verdict, or for 15 seconds the last certain one if this poll has no evidence. */
export function bridgeVerdict(
  verdict: Verdict,
  { lastCertain }: PollMemory,
  nowMilliseconds: number,
): Verdict {
  if (verdict.exhausted !== undefined || lastCertain === undefined) return verdict;
  const age = nowMilliseconds - lastCertain.atMilliseconds;
  return age <= bridgeMilliseconds ? lastCertain.verdict : verdict;
}
