import type { Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Config, TargetConfig } from '../config/schema.ts';
import type { CheckpointStore } from '../io/checkpoint-store.ts';
import type { LogView } from '../snapshot/log-source.ts';
import type { Log } from './log.ts';
import { openTargetLogs, type TargetLogs, type TargetLogsState } from './target-logs.ts';

export interface LogSetOptions {
  readonly stdin: Readable;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** How the writing of checkpoints goes; absent without a checkpoint directory. */
export interface CheckpointView {
  readonly lastSuccessSeconds: number;
  readonly failures: number;
}

/** The logs of all targets, read by one loop. */
export interface LogSet {
  /** Takes over a configuration; a target whose logs stay as they were goes on where it is. */
  apply(config: Config, store: CheckpointStore | undefined): Promise<void>;
  view(target: string): LogView | undefined;
  saysExhausted(target: string): boolean;
  checkpoint(): CheckpointView | undefined;
  close(): Promise<void>;
}

const pollMilliseconds = 250;

interface Entry {
  readonly key: string;
  readonly logs: TargetLogs;
}

type Saved = Readonly<Record<string, TargetLogsState>>;

export function createLogSet({ stdin, log, now }: LogSetOptions): LogSet {
  let entries = new Map<string, Entry>();
  let store: CheckpointStore | undefined;
  let intervalSeconds = 1;
  let written = 0;
  let failures = 0;
  let warned = false;
  let stopped = false;
  /** One step after the other: a reload must not close files in the middle of a poll. */
  let chain: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const done = chain.then(step);
    chain = done.catch(() => undefined);
    return done;
  };

  const readSaved = async (): Promise<Saved> => {
    const record = await store?.read();
    if (record === undefined) return {};
    if (!record.ok) log.error('the checkpoint is lost', { error: record.error });
    return record.ok ? ((record.value ?? {}) as Saved) : {};
  };

  const save = async (): Promise<void> => {
    if (store === undefined) return;
    try {
      const states = [...entries].map(
        async ([name, { logs }]) => [name, await logs.state()] as const,
      );
      await store.write(Object.fromEntries(await Promise.all(states)));
      written = now();
      warned = false;
    } catch (error) {
      failures += 1;
      if (!warned) {
        log.warn('the checkpoint cannot be written; counting goes on without it', {
          error: (error as Error).message,
        });
      }
      warned = true;
    }
  };

  const pollAll = async (): Promise<boolean> => {
    let more = false;
    for (const [target, { logs }] of entries) {
      try {
        more = (await logs.poll()) || more;
      } catch (error) {
        log.error('cannot read a log', { target, error: (error as Error).message });
      }
    }
    if (now() - written >= intervalSeconds) await save();
    return more;
  };

  const loop = async (): Promise<void> => {
    while (!stopped) {
      const more = entries.size > 0 && (await inTurn(pollAll));
      await (more ? nextTurn() : sleep(pollMilliseconds, undefined, { ref: false }));
    }
  };
  void loop();

  const open = async (
    config: TargetConfig,
    key: string,
    { saved, logs }: { readonly saved: Saved; readonly logs: Config['logs'] },
  ): Promise<Entry> => ({
    key,
    logs: await openTargetLogs({ config, logs, state: saved[config.name], stdin, log, now }),
  });

  return {
    apply: (config, nextStore) =>
      inTurn(async () => {
        if (entries.size > 0) await save();
        store = nextStore;
        intervalSeconds = config.checkpoint === undefined ? 1 : config.checkpoint.interval / 1000;
        const saved = await readSaved();
        const next = new Map<string, Entry>();
        for (const target of config.targets) {
          if (target.access_logs.length + target.error_logs.length === 0) continue;
          const key = JSON.stringify([
            target.access_logs,
            target.error_logs,
            target.server,
            config.logs,
          ]);
          const known = entries.get(target.name);
          next.set(
            target.name,
            known?.key === key ? known : await open(target, key, { saved, logs: config.logs }),
          );
        }
        for (const [name, entry] of entries) if (next.get(name) !== entry) await entry.logs.close();
        entries = next;
        // "The end" of a log is where it ends now, not where it ends at the next turn of the loop.
        await pollAll();
      }),
    view: (target) => entries.get(target)?.logs.view(),
    saysExhausted: (target) => entries.get(target)?.logs.saysExhausted() ?? false,
    checkpoint: () => (store === undefined ? undefined : { lastSuccessSeconds: written, failures }),
    async close() {
      stopped = true;
      await inTurn(async () => {
        await save();
        for (const { logs } of entries.values()) await logs.close();
        await store?.release();
      });
    },
  };
}
