export interface SharingOptions {
  /** For how many times its duration a result is handed out again. */
  readonly restPerWork: number;
  readonly longestRestMilliseconds: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * One run at a time, for everybody who asks while the one before it is under way; afterwards its result serves for as
 * long as it cost. So the share of time that goes into the work is bounded, whoever asks and however often.
 * `afresh` is for what no former run can have looked at.
 */
export function shareCostlyWork<T>(
  work: () => Promise<T>,
  { restPerWork, longestRestMilliseconds, now = () => performance.now() }: SharingOptions,
): (afresh: boolean) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<T> | undefined;
  let done: { readonly result: T; readonly until: number } | undefined;

  const run = async (): Promise<T> => {
    waiting = undefined;
    const startedAt = now();
    const result = await work();
    const endedAt = now();
    const rest = Math.min((endedAt - startedAt) * restPerWork, longestRestMilliseconds);
    done = { result, until: endedAt + rest };
    return result;
  };

  return (afresh) => {
    if (!afresh && done !== undefined && now() < done.until) return Promise.resolve(done.result);
    if (waiting === undefined) {
      waiting = last.then(run);
      last = waiting;
    }
    return waiting;
  };
}
