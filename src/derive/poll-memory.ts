import type { Observation } from '../snapshot/target-view.ts';
import type { Verdict } from '../snapshot/verdict.ts';

/** What earlier polls of a target left behind for the next view. */
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

/** Three in a row are enough to confirm a drop. */
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
 * Connections that nginx has dropped since the poll before the last. One poll is no proof: nginx counts a connection
 * as handled a moment after it has counted it as accepted, so the difference shows a drop that never was (4 of 2,602
 * polls). A restart begins both counters at 0, which is no growth.
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

/** For how long the last certain verdict stands in for polls that tell nothing. */
const bridgeMilliseconds = 15_000;

/** The verdict, or the last certain one where this poll told nothing, for 15 seconds. */
export function bridgeVerdict(
  verdict: Verdict,
  { lastCertain }: PollMemory,
  nowMilliseconds: number,
): Verdict {
  if (verdict.exhausted !== undefined || lastCertain === undefined) return verdict;
  const age = nowMilliseconds - lastCertain.atMilliseconds;
  return age <= bridgeMilliseconds ? lastCertain.verdict : verdict;
}
