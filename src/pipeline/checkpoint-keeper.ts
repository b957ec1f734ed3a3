import type { Config } from '../config/schema.ts';
import type { CheckpointStore } from '../io/checkpoint-store.ts';
import { messageOf } from '../result.ts';
import { buildRecord, parseRecord, type SavedTargets } from './checkpoint-record.ts';
import type { Log } from './log.ts';

export interface CheckpointKeeperOptions {
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Opens the checkpoint directory again after it could not be used. */
  readonly reopen?: (directory: string) => Promise<CheckpointStore | undefined>;
  readonly reopenMilliseconds?: number;
}

/** How the writing and reading of checkpoints goes; absent without a checkpoint directory. */
export interface CheckpointView {
  readonly lastSuccessSeconds: number;
  readonly failures: number;
}

/** A directory that cannot be used is tried again: a volume may be mounted later, or its permissions may change. */
const defaultReopenMilliseconds = 10_000;
const defaultIntervalMilliseconds = 1000;

/** Reads and writes the records of one checkpoint directory. Calls must not overlap. */
export class CheckpointKeeper {
  readonly #options: CheckpointKeeperOptions;
  /** Undefined without a directory, and while the directory cannot be used. */
  #store: CheckpointStore | undefined;
  #directory: string | undefined;
  #openedAt = Number.NEGATIVE_INFINITY;
  #isSaved = false;
  #intervalMilliseconds = defaultIntervalMilliseconds;
  #savedAt = Number.NEGATIVE_INFINITY;
  #lastSuccessSeconds = 0;
  #failures = 0;
  #hasWarned = false;

  constructor(options: CheckpointKeeperOptions) {
    this.#options = options;
  }

  /** Changes to the directory of a configuration. @returns what the record there contains */
  configure(
    checkpoint: Config['checkpoint'],
    store: CheckpointStore | undefined,
  ): Promise<SavedTargets> {
    this.#directory = checkpoint?.directory;
    this.#intervalMilliseconds = checkpoint?.interval ?? defaultIntervalMilliseconds;
    this.#openedAt = performance.now();
    return this.#use(store);
  }

  isDue(): boolean {
    return performance.now() - this.#savedAt >= this.#intervalMilliseconds;
  }

  /**
   * Retries a directory that could not be used, once its retry is due.
   *
   * @returns what the record there contains
   */
  async reopen(): Promise<SavedTargets> {
    const { reopen, reopenMilliseconds = defaultReopenMilliseconds } = this.#options;
    if (reopen === undefined || this.#directory === undefined || this.#isSaved) return {};
    if (performance.now() - this.#openedAt < reopenMilliseconds) return {};
    this.#openedAt = performance.now();
    return this.#use(await reopen(this.#directory));
  }

  /** @returns whether nothing is left to write */
  async save(take: () => Promise<SavedTargets>): Promise<boolean> {
    this.#savedAt = performance.now();
    if (this.#store === undefined) return true;
    try {
      await this.#store.write(buildRecord(await take()));
      this.#isSaved = true;
      this.#lastSuccessSeconds = this.#options.now();
      this.#hasWarned = false;
      return true;
    } catch (error) {
      this.#failures += 1;
      this.#isSaved = false;
      this.#warnOnce(error);
      return false;
    }
  }

  view(): CheckpointView | undefined {
    if (this.#directory === undefined) return undefined;
    return { lastSuccessSeconds: this.#lastSuccessSeconds, failures: this.#failures };
  }

  async release(): Promise<void> {
    await this.#store?.release();
  }

  async #use(store: CheckpointStore | undefined): Promise<SavedTargets> {
    if (store === undefined && this.#directory !== undefined) this.#failures += 1;
    if (store === this.#store) return {};
    this.#isSaved = store !== undefined;
    this.#store = store;
    const read = await store?.read();
    if (read === undefined) return {};
    const record = read.ok ? parseRecord(read.value) : read;
    if (record.ok) return record.value;
    this.#failures += 1;
    this.#options.log.error('the checkpoint cannot be read', {
      directory: this.#directory,
      error: record.error,
    });
    return {};
  }

  #warnOnce(error: unknown): void {
    if (!this.#hasWarned) {
      this.#options.log.warn('the checkpoint cannot be written; counting continues without it', {
        directory: this.#directory,
        error: messageOf(error),
      });
    }
    this.#hasWarned = true;
  }
}
