import { within } from './within.ts';

/** Callers wait only for the first reading, and no longer than this: files and pages may take long. */
const defaultFirstWaitMilliseconds = 500;

/** Reads something in the background from time to time. Callers get the latest result. Readings do not overlap. */
export class BackgroundReading<T> {
  readonly #intervalMilliseconds: number;
  readonly #firstWaitMilliseconds: number;
  #startedAt = Number.NEGATIVE_INFINITY;
  #isReading = false;
  #firstWait: Promise<unknown> | undefined;
  #latest: T | undefined;

  constructor(intervalMilliseconds: number, firstWaitMilliseconds = defaultFirstWaitMilliseconds) {
    this.#intervalMilliseconds = intervalMilliseconds;
    this.#firstWaitMilliseconds = firstWaitMilliseconds;
  }

  /** Starts a reading when the interval is over, or earlier if `isDue`. `read` must not reject. */
  async latest(read: () => Promise<T | undefined>, isDue = false): Promise<T | undefined> {
    const age = performance.now() - this.#startedAt;
    if ((isDue || age >= this.#intervalMilliseconds) && !this.#isReading) {
      const done = this.#start(read);
      this.#firstWait ??= within(done, this.#firstWaitMilliseconds);
    }
    await this.#firstWait;
    return this.#latest;
  }

  async #start(read: () => Promise<T | undefined>): Promise<void> {
    this.#isReading = true;
    this.#startedAt = performance.now();
    try {
      this.#latest = await read();
    } finally {
      this.#isReading = false;
    }
  }
}
