import { type CheckpointStore, openCheckpointStore } from '../io/checkpoint-store.ts';
import { machineName } from '../io/machine.ts';
import type { Log } from './log.ts';

export interface CheckpointOpener {
  /**
   * The store of a directory; the same one as long as the directory stays and is ours. Undefined when it cannot be
   * used: worth another try later.
   */
  open(directory: string | undefined): Promise<CheckpointStore | undefined>;
}

export interface CheckpointOpenerOptions {
  readonly log: Log;
  /** Of this process: what another exporter that wants the directory is told. */
  readonly pid: number;
}

/** A checkpoint that cannot be had costs continuity over a restart, not the metrics: it is said, and counting goes on. */
export function createCheckpointOpener({ log, pid }: CheckpointOpenerOptions): CheckpointOpener {
  let known: { readonly directory: string; readonly store: CheckpointStore } | undefined;
  let told = '';

  const tell = (directory: string, error: string): void => {
    if (error !== '' && error !== told) {
      log.error('no checkpoint: counts begin anew after a restart; it is tried again', { error });
    }
    if (error === '' && told !== '') log.info('the checkpoint can be kept again', { directory });
    told = error;
  };

  return {
    async open(directory) {
      if (directory === known?.directory && (await known?.store.isHeld())) return known?.store;
      await known?.store.release();
      known = undefined;
      if (directory === undefined) return undefined;
      const opened = await openCheckpointStore(directory, `process ${pid} on ${machineName()}`);
      if (opened.ok) known = { directory, store: opened.value };
      tell(directory, opened.ok ? '' : opened.error);
      return known?.store;
    },
  };
}
