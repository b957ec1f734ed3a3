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
  options: SharingOptions,
): (need: Need) => Promise<T> {
  const shared = new SharedWork(work, options);
  return (need) => shared.result(need);
}

class SharedWork<T> {
  readonly #work: () => Promise<T>;
  readonly #options: SharingOptions;
  readonly #now: () => number;
  #last: Promise<unknown> = Promise.resolve();
  /** The run that has not begun yet. */
  #waiting: Promise<T> | undefined;
  #done: { readonly result: T; readonly until: number; readonly cheap: boolean } | undefined;
  /** Of the last runs, the newest first. */
  #durations: readonly number[] = [];

  constructor(work: () => Promise<T>, options: SharingOptions) {
    this.#work = work;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  result(need: Need): Promise<T> {
    const done = this.#done;
    const isReusable = need === 'recent' || (need === 'fresh' && done?.cheap === false);
    if (isReusable && done !== undefined && this.#now() < done.until) {
      return Promise.resolve(done.result);
    }
    if (this.#waiting === undefined) {
      this.#waiting = this.#last.then(() => this.#run());
      this.#last = this.#waiting;
    }
    return this.#waiting;
  }

  async #run(): Promise<T> {
    this.#waiting = undefined;
    const startedAt = this.#now();
    const result = await this.#work();
    const endedAt = this.#now();
    const reuse = this.#reuseTime(endedAt - startedAt);
    this.#done = { result, until: endedAt + reuse, cheap: reuse <= cheapReuseMilliseconds };
    return result;
  }

  #reuseTime(duration: number): number {
    const { reuseFactor, maximumReuseMilliseconds } = this.#options;
    this.#durations = [duration, ...this.#durations].slice(0, durationsKept);
    const reuse = Math.min(Math.min(...this.#durations) * reuseFactor, maximumReuseMilliseconds);
    const isCertain = this.#durations.length >= durationsWanted;
    return isCertain ? reuse : Math.min(reuse, cheapReuseMilliseconds);
  }
}
