export interface SharingOptions {
  /** A result is reused for its duration times this factor. */
  readonly reuseFactor: number;
  readonly maximumReuseMilliseconds: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

/**
 * What a caller needs. `recent`: a result that is still reused. `fresh`: a result of a run that begins after the call,
 * unless results of such costly work are reused for more than a second. `unseen`: a result of a run that begins after
 * the call, because earlier runs did not read what the caller needs.
 */
export type Need = 'recent' | 'fresh' | 'unseen';

/** Work whose result is reused for no longer than this is cheap enough to be repeated on demand. */
const cheapReuseMilliseconds = 1000;

/**
 * The shortest of the last runs is the best estimate of the cost. On a busy machine a run takes longer than it costs,
 * and the figures matter most when the machine is busy.
 */
const durationsKept = 5;

/** With fewer durations, the estimate could rest on one slow run. */
const durationsWanted = 3;

/**
 * Runs costly work once at a time. Callers that come during a run share the next one. Afterwards the result is reused
 * for a multiple of its duration, so that the share of time spent on the work is bounded for any number of calls.
 */
export function shareCostlyWork<T>(
  work: () => Promise<T>,
  { reuseFactor, maximumReuseMilliseconds, now = () => performance.now() }: SharingOptions,
): (need: Need) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<T> | undefined;
  let done: { readonly result: T; readonly until: number; readonly cheap: boolean } | undefined;

  let durations: readonly number[] = [];

  const reuseTime = (duration: number): number => {
    durations = [duration, ...durations].slice(0, durationsKept);
    const reuse = Math.min(Math.min(...durations) * reuseFactor, maximumReuseMilliseconds);
    return durations.length < durationsWanted ? Math.min(reuse, cheapReuseMilliseconds) : reuse;
  };
  const run = async (): Promise<T> => {
    waiting = undefined;
    const startedAt = now();
    const result = await work();
    const endedAt = now();
    const reuse = reuseTime(endedAt - startedAt);
    done = { result, until: endedAt + reuse, cheap: reuse <= cheapReuseMilliseconds };
    return result;
  };

  return (need) => {
    const isReusable = need === 'recent' || (need === 'fresh' && done?.cheap === false);
    if (isReusable && done !== undefined && now() < done.until) return Promise.resolve(done.result);
    if (waiting === undefined) {
      waiting = last.then(run);
      last = waiting;
    }
    return waiting;
  };
}
