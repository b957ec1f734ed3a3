import { within } from './within.ts';

/** A caller waits only for the first reading, and no longer than this: files and pages may take long. */
const firstWaitMilliseconds = 500;

/** Reads something in the background from time to time. Callers get the latest result. Readings do not overlap. */
export class BackgroundReading<T> {
  readonly #intervalMilliseconds: number;
  #startedAt = Number.NEGATIVE_INFINITY;
  #isReading = false;
  #latest: T | undefined;

  constructor(intervalMilliseconds: number) {
    this.#intervalMilliseconds = intervalMilliseconds;
  }

  /** Starts a reading when the interval is over, or earlier if `isDue`. */
  async latest(read: () => Promise<T | undefined>, isDue = false): Promise<T | undefined> {
    const age = performance.now() - this.#startedAt;
    if ((isDue || age >= this.#intervalMilliseconds) && !this.#isReading) {
      const isFirst = this.#startedAt === Number.NEGATIVE_INFINITY;
      const done = this.#start(read);
      if (isFirst) await within(done, firstWaitMilliseconds);
    }
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
