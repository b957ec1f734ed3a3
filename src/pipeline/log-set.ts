import type { Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Config, TargetConfig } from '../config/schema.ts';
import type { CheckpointStore } from '../io/checkpoint-store.ts';
import { createAddressKey } from '../io/create-address-key.ts';
import { createFileQuota, type FileQuota } from '../io/file-quota.ts';
import type { InputPlace } from '../io/log-input.ts';
import type { HashKey } from '../parse/log-format/hash-address.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { LogView } from '../snapshot/log-source.ts';
import {
  CheckpointKeeper,
  type CheckpointKeeperOptions,
  type CheckpointView,
} from './checkpoint-keeper.ts';
import type { SavedTarget, SavedTargets } from './checkpoint-record.ts';
import { createInputRegistry } from './input-registry.ts';
import { mergeSaved } from './merge-saved.ts';
import { prepareTargetLogs, type TargetLogs } from './target-logs.ts';
import { createTurns } from './turns.ts';

export interface LogSetOptions extends CheckpointKeeperOptions {
  readonly stdin: Readable;
  /** How many files and connections the process may have open. Undefined where the system does not report it. */
  readonly openFilesLimit?: number | undefined;
}

/** The logs of all targets, read by one loop. */
export interface LogSet {
  /** Puts a configuration into force. Inputs that it does not change continue where they are. */
  apply(config: Config, store: CheckpointStore | undefined): Promise<void>;
  view(target: string): LogView | undefined;
  /** The gaps on the connections in a target's access logs. */
  summarizeGaps(target: string, todaySeconds?: number): GapSummary | undefined;
  exhaustedSecondsAgo(target: string): number | undefined;
  checkpoint(): CheckpointView | undefined;
  close(): Promise<void>;
}

const checkMilliseconds = 250;
/** How long a clean stop tries to write the last record, for example on a full disk. */
const lastSaveMilliseconds = 3000;

interface Entry {
  readonly key: string;
  readonly logs: TargetLogs;
}

export function createLogSet(options: LogSetOptions): LogSet {
  const logs = new Logs(options);
  // Not the object itself: the composition root passes on single functions.
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
  readonly #quota: FileQuota;
  /** Another one in each process, so that a hash cannot be matched elsewhere. */
  #addressKey: HashKey | undefined;
  readonly #inputs: ReturnType<typeof createInputRegistry>;
  readonly #checkpoint: CheckpointKeeper;
  #entries = new Map<string, Entry>();
  /** The last record, with targets and inputs that a reload removed: they may come back. */
  #parked: SavedTargets = {};
  #stopped = false;
  /** A reload must not close files in the middle of a check. */
  readonly #inTurn = createTurns();

  constructor(options: LogSetOptions) {
    this.#options = options;
    this.#quota = createFileQuota(options.openFilesLimit);
    this.#inputs = createInputRegistry(options);
    this.#checkpoint = new CheckpointKeeper(options);
    void this.#loop();
  }

  apply(config: Config, store: CheckpointStore | undefined): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#stopped) return;
      await this.#park();
      this.#addParked(await this.#checkpoint.configure(config.checkpoint, store));
      const prepared: (readonly [string, () => Entry])[] = [];
      for (const target of config.targets) {
        if (target.access_logs.length + target.error_logs.length === 0) continue;
        prepared.push([target.name, await this.#prepare(target, config)]);
      }
      // No await from here until the lines go to the new counts: lines in between would be counted nowhere.
      const next = new Map(prepared.map(([name, begin]) => [name, begin()]));
      this.#entries = next;
      await this.#inputs.apply(
        [...next.values()].flatMap(({ logs }) => logs.subscriptions),
        ({ target, placeKey }) => this.#parkedPlace(target, placeKey),
      );
      // The end of a log is its end now, not its end at the next turn of the loop.
      await this.#check();
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
    return this.#checkpoint.view();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await this.#inTurn(async () => {
      const deadline = performance.now() + lastSaveMilliseconds;
      while (!(await this.#save()) && performance.now() < deadline) await sleep(checkMilliseconds);
      await this.#inputs.close();
      await this.#checkpoint.release();
    });
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const more = this.#entries.size > 0 && (await this.#inTurn(() => this.#check()));
      await (more ? nextTurn() : sleep(checkMilliseconds, undefined, { ref: false }));
    }
  }

  async #check(): Promise<boolean> {
    const startedAt = this.#options.now();
    const more = await this.#inputs.check();
    const isReading = (key: string) => this.#inputs.view(key)?.condition.reason === 'reading';
    for (const { logs } of this.#entries.values()) {
      logs.afterCheck({ startedAt, more, isReading });
    }
    if (this.#checkpoint.isDue()) {
      this.#addParked(await this.#checkpoint.reopen());
      await this.#save();
    }
    return more.size > 0;
  }

  /** The counts of a target, or new ones that continue from them when something about its logs has changed. */
  async #prepare(target: TargetConfig, { logs }: Config): Promise<() => Entry> {
    const { access_logs, error_logs, server, name, capacity } = target;
    // Under another timeout the gaps mean something else: they are counted again.
    const timeout = capacity.keepalive_timeout ?? capacity.config_file;
    const key = JSON.stringify([access_logs, error_logs, server, logs, timeout]);
    const known = this.#entries.get(name);
    if (known?.key === key) return () => known;
    const isCaughtUp = known?.logs.isCaughtUp() ?? this.#parkedOf(name) === undefined;
    const addressKey = () => {
      // For the first access log only: an exporter without logs does not load crypto.
      this.#addressKey ??= createAddressKey();
      return this.#addressKey;
    };
    const quota = this.#quota;
    const options = { ...this.#options, config: target, logs, isCaughtUp, addressKey, quota };
    const begin = await prepareTargetLogs(options);
    return () => ({ key, logs: begin(this.#parkedOf(name)) });
  }

  #parkedPlace(target: string, key: string): InputPlace | undefined {
    return this.#parkedOf(target)?.places[key];
  }

  /** Own properties only: a target may be called `constructor`. */
  #parkedOf(target: string): SavedTarget | undefined {
    return Object.hasOwn(this.#parked, target) ? this.#parked[target] : undefined;
  }

  /** The record of a checkpoint is older than what is in memory of the same targets. */
  #addParked(record: SavedTargets): void {
    this.#parked = { ...record, ...this.#parked };
  }

  async #park(): Promise<SavedTargets> {
    this.#parked = await this.#snapshot();
    return this.#parked;
  }

  #save(): Promise<boolean> {
    return this.#checkpoint.save(() => this.#park());
  }

  /** All places and counts. Taken between two checks, so that they fit each other. */
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
}
