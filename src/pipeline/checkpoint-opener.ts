import { type CheckpointStore, openCheckpointStore } from '../io/checkpoint-store.ts';
import { machineName } from '../io/machine.ts';
import type { Log } from './log.ts';

export interface CheckpointOpener {
  /**
   * The store of a directory; the same one while the directory stays the same and this process holds it. Undefined
   * when the directory cannot be used; call it again later.
   */
  open(directory: string | undefined): Promise<CheckpointStore | undefined>;
}

export interface CheckpointOpenerOptions {
  readonly log: Log;
  /** Of this process. Another exporter that opens the directory reports it. */
  readonly pid: number;
}

/** Without a checkpoint, counters restart at zero after a restart; each new problem is logged once. */
export function createCheckpointOpener({ log, pid }: CheckpointOpenerOptions): CheckpointOpener {
  let known: { readonly directory: string; readonly store: CheckpointStore } | undefined;
  let loggedError = '';

  const logChange = (directory: string, error: string): void => {
    if (error !== '' && error !== loggedError) {
      log.error('no checkpoint: counters restart at zero after a restart; trying again', { error });
    }
    if (error === '' && loggedError !== '') {
      log.info('the checkpoint can be written again', { directory });
    }
    loggedError = error;
  };

  return {
    async open(directory) {
      if (directory === known?.directory && (await known?.store.isHeld())) return known?.store;
      await known?.store.release();
      known = undefined;
      if (directory === undefined) return undefined;
      const opened = await openCheckpointStore(directory, `process ${pid} on ${machineName()}`);
      if (opened.ok) known = { directory, store: opened.value };
      logChange(directory, opened.ok ? '' : opened.error);
      return known?.store;
    },
  };
}
