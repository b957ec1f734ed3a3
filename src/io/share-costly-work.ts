export interface SharingOptions {
  /** For how many times its duration a result is handed out again. */
  readonly restPerWork: number;
  readonly longestRestMilliseconds: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * What a caller asks for. `recent`: a result that still rests will do. `fresh`: one of after the call, unless the work
 * is so costly that its rest exceeds a second; then a result that rests has to do. `unseen`: something that no former
 * run looked at.
 */
export type Need = 'recent' | 'fresh' | 'unseen';

/** A run whose result rests no longer than this is cheap enough to be repeated on demand. */
const cheapRestMilliseconds = 1000;

/**
 * A run on a busy machine takes longer than it costs, and the machine is busy just when the figures matter. The
 * shortest of the last runs tells the cost best.
 */
const durationsKept = 5;

/** With fewer durations than these, one slow run could pass for the cost. */
const durationsWanted = 3;

/**
 * One run at a time, for everybody who asks while the one before it is under way; afterwards its result serves for as
 * long as it cost. So the share of time that goes into the work is bounded, whoever asks and however often.
 */
export function shareCostlyWork<T>(
  work: () => Promise<T>,
  { restPerWork, longestRestMilliseconds, now = () => performance.now() }: SharingOptions,
): (need: Need) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<T> | undefined;
  let done: { readonly result: T; readonly until: number; readonly cheap: boolean } | undefined;

  let durations: readonly number[] = [];

  const restAfter = (duration: number): number => {
    durations = [duration, ...durations].slice(0, durationsKept);
    const rest = Math.min(Math.min(...durations) * restPerWork, longestRestMilliseconds);
    return durations.length < durationsWanted ? Math.min(rest, cheapRestMilliseconds) : rest;
  };
  const run = async (): Promise<T> => {
    waiting = undefined;
    const startedAt = now();
    const result = await work();
    const endedAt = now();
    const rest = restAfter(endedAt - startedAt);
    done = { result, until: endedAt + rest, cheap: rest <= cheapRestMilliseconds };
    return result;
  };

  return (need) => {
    const serves = need === 'recent' || (need === 'fresh' && done?.cheap === false);
    if (serves && done !== undefined && now() < done.until) return Promise.resolve(done.result);
    if (waiting === undefined) {
      waiting = last.then(run);
      last = waiting;
    }
    return waiting;
  };
}
