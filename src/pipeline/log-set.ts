import type { Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Config, TargetConfig } from '../config/schema.ts';
import type { CheckpointStore } from '../io/checkpoint-store.ts';
import { createAddressKey } from '../io/create-address-key.ts';
import type { InputPlace } from '../io/log-input.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { LogView } from '../snapshot/log-source.ts';
import {
  buildRecord,
  parseRecord,
  type SavedTarget,
  type SavedTargets,
} from './checkpoint-record.ts';
import { createInputRegistry } from './input-registry.ts';
import type { Log } from './log.ts';
import { mergeSaved } from './merge-saved.ts';
import { prepareTargetLogs, type TargetLogs } from './target-logs.ts';
import { createTurns } from './turns.ts';

export interface LogSetOptions {
  readonly stdin: Readable;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Opens the checkpoint directory again after it could not be used. */
  readonly reopen?: (directory: string) => Promise<CheckpointStore | undefined>;
  readonly reopenMilliseconds?: number;
}

/** How the writing of checkpoints goes; absent without a checkpoint directory. */
export interface CheckpointView {
  readonly lastSuccessSeconds: number;
  readonly failures: number;
}

/** The logs of all targets, read by one loop. */
export interface LogSet {
  /** Takes over a configuration; inputs that stay as they were go on where they are. */
  apply(config: Config, store: CheckpointStore | undefined): Promise<void>;
  view(target: string): LogView | undefined;
  /** What the connections in a target's access logs did. */
  summarizeGaps(target: string, todaySeconds?: number): GapSummary | undefined;
  exhaustedSecondsAgo(target: string): number | undefined;
  checkpoint(): CheckpointView | undefined;
  close(): Promise<void>;
}

const pollMilliseconds = 250;
/** A directory that cannot be used is tried again: a volume may be mounted later, or given to us. */
const defaultReopenMilliseconds = 10_000;
/** How long a clean stop tries to write the last record, say on a full disk. */
const lastSaveMilliseconds = 3000;

interface Entry {
  readonly key: string;
  readonly logs: TargetLogs;
}

export function createLogSet(options: LogSetOptions): LogSet {
  const logs = new Logs(options);
  // Functions of their own: the composition root hands single ones on.
  return {
    apply: (config, store) => logs.apply(config, store),
    view: (target) => logs.view(target),
    summarizeGaps: (target, todaySeconds) => logs.summarizeGaps(target, todaySeconds),
    exhaustedSecondsAgo: (target) => logs.exhaustedSecondsAgo(target),
    checkpoint: () => logs.checkpoint(),
    close: () => logs.close(),
  };
}

class Logs implements LogSet {
  readonly #options: LogSetOptions;
  /** Of this process alone: a hash tells nothing to anybody else. */
  readonly #addressKey = createAddressKey();
  readonly #inputs: ReturnType<typeof createInputRegistry>;
  #entries = new Map<string, Entry>();
  /** Of targets and inputs that a reload took away, and of a checkpoint: for when they come back. */
  #parked: SavedTargets = {};
  #store: CheckpointStore | undefined;
  /** Where checkpoints are wanted. */
  #directory: string | undefined;
  #reopenedAt = Number.NEGATIVE_INFINITY;
  #isSaved = false;
  #intervalMilliseconds = 1000;
  #savedAt = Number.NEGATIVE_INFINITY;
  #written = 0;
  #failures = 0;
  #warned = false;
  #stopped = false;
  /** A reload must not close files in the middle of a poll. */
  readonly #inTurn = createTurns();

  constructor(options: LogSetOptions) {
    this.#options = options;
    this.#inputs = createInputRegistry(options);
    void this.#loop();
  }

  apply(config: Config, store: CheckpointStore | undefined): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#stopped) return;
      this.#parked = await this.#snapshot();
      this.#directory = config.checkpoint?.directory;
      this.#reopenedAt = performance.now();
      await this.#takeStore(store);
      this.#intervalMilliseconds = config.checkpoint?.interval ?? 1000;
      const prepared: (readonly [string, () => Entry])[] = [];
      for (const target of config.targets) {
        if (target.access_logs.length + target.error_logs.length === 0) continue;
        prepared.push([target.name, await this.#prepare(target, config)]);
      }
      // Nothing is waited for from here until the lines go to the new counters: else some would be in neither.
      const next = new Map(prepared.map(([name, begin]) => [name, begin()]));
      this.#entries = next;
      await this.#inputs.apply(
        [...next.values()].flatMap(({ logs }) => logs.subscriptions),
        ({ target, placeKey }) => this.#parkedPlace(target, placeKey),
      );
      // "The end" of a log is where it ends now, not where it ends at the next turn of the loop.
      await this.#poll();
    });
  }

  view(target: string): LogView | undefined {
    return this.#entries.get(target)?.logs.view(this.#inputs);
  }

  summarizeGaps(target: string, todaySeconds?: number): GapSummary | undefined {
    return this.#entries.get(target)?.logs.summarizeGaps(todaySeconds);
  }

  exhaustedSecondsAgo(target: string): number | undefined {
    return this.#entries.get(target)?.logs.exhaustedSecondsAgo();
  }

  checkpoint(): CheckpointView | undefined {
    if (this.#directory === undefined) return undefined;
    return { lastSuccessSeconds: this.#written, failures: this.#failures };
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await this.#inTurn(async () => {
      const deadline = performance.now() + lastSaveMilliseconds;
      while (!(await this.#save()) && performance.now() < deadline) await sleep(pollMilliseconds);
      await this.#inputs.close();
      await this.#store?.release();
    });
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const more = this.#entries.size > 0 && (await this.#inTurn(() => this.#poll()));
      await (more ? nextTurn() : sleep(pollMilliseconds, undefined, { ref: false }));
    }
  }

  async #poll(): Promise<boolean> {
    const startedAt = this.#options.now();
    const more = await this.#inputs.poll();
    const isReading = (key: string) => this.#inputs.view(key)?.condition.reason === 'reading';
    for (const { logs } of this.#entries.values()) {
      logs.afterPoll({ startedAt, more, isReading });
    }
    if (performance.now() - this.#savedAt >= this.#intervalMilliseconds) {
      await this.#reopenStore();
      await this.#save();
    }
    return more.size > 0;
  }

  /** The counter of a target, kept while nothing about its logs changes; else one that goes on with its counts. */
  async #prepare(target: TargetConfig, { logs }: Config): Promise<() => Entry> {
    const { access_logs, error_logs, server, name, capacity } = target;
    // Under another timeout the gaps mean something else.
    const timeout = capacity.keepalive_timeout ?? capacity.config_file;
    const key = JSON.stringify([access_logs, error_logs, server, logs, timeout]);
    const known = this.#entries.get(name);
    if (known?.key === key) return () => known;
    const isCaughtUp = known?.logs.isCaughtUp() ?? this.#parkedOf(name) === undefined;
    const addressKey = this.#addressKey;
    const options = { ...this.#options, config: target, logs, isCaughtUp, addressKey };
    const begin = await prepareTargetLogs(options);
    return () => ({ key, logs: begin(this.#parkedOf(name)) });
  }

  #parkedPlace(target: string, key: string): InputPlace | undefined {
    return this.#parkedOf(target)?.places[key];
  }

  /** Not what every object has: a target may be called `constructor`. */
  #parkedOf(target: string): SavedTarget | undefined {
    return Object.hasOwn(this.#parked, target) ? this.#parked[target] : undefined;
  }

  /** What a record tells of targets that are counted already is older than what is in memory. */
  async #takeStore(store: CheckpointStore | undefined): Promise<void> {
    if (store === undefined && this.#directory !== undefined) this.#failures += 1;
    if (store === this.#store) return;
    this.#isSaved = store !== undefined;
    this.#store = store;
    const read = await store?.read();
    if (read === undefined) return;
    const record = read.ok ? parseRecord(read.value) : read;
    if (record.ok) this.#parked = { ...record.value, ...this.#parked };
    else this.#options.log.error('the checkpoint is lost', { error: record.error });
  }

  async #reopenStore(): Promise<void> {
    const { reopen, reopenMilliseconds = defaultReopenMilliseconds } = this.#options;
    if (reopen === undefined || this.#directory === undefined || this.#isSaved) return;
    if (performance.now() - this.#reopenedAt < reopenMilliseconds) return;
    this.#reopenedAt = performance.now();
    await this.#takeStore(await reopen(this.#directory));
  }

  /** All that is known of places and counts, taken between two polls: they belong together. */
  async #snapshot(): Promise<SavedTargets> {
    const live = await Promise.all(
      [...this.#entries].map(
        async ([name, { logs }]) => [name, await this.#snapshotTarget(logs)] as const,
      ),
    );
    return mergeSaved({
      before: this.#parked,
      live: Object.fromEntries(live),
      now: this.#options.now(),
    });
  }

  async #snapshotTarget(logs: TargetLogs): Promise<SavedTarget> {
    const places = await Promise.all(
      logs.subscriptions.map(
        async ({ key, placeKey }) => [placeKey, await this.#inputs.place(key)] as const,
      ),
    );
    const known = places.flatMap(([key, place]) => (place === undefined ? [] : [[key, place]]));
    return {
      ...logs.counts(),
      places: Object.fromEntries(known),
      removedSince: null,
      unreadSince: {},
    };
  }

  /** True when there is nothing left to write. */
  async #save(): Promise<boolean> {
    this.#savedAt = performance.now();
    if (this.#store === undefined) return true;
    try {
      this.#parked = await this.#snapshot();
      await this.#store.write(buildRecord(this.#parked));
      this.#isSaved = true;
      this.#written = this.#options.now();
      this.#warned = false;
      return true;
    } catch (error) {
      this.#failures += 1;
      this.#isSaved = false;
      this.#warn(error);
      return false;
    }
  }

  #warn(error: unknown): void {
    if (!this.#warned) {
      this.#options.log.warn('the checkpoint cannot be written; counting goes on without it', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
    this.#warned = true;
  }
}
