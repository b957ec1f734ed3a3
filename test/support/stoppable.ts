/** Something to undo at the end; the last one deferred is undone first. */
export type Defer = (undo: () => Promise<void>) => void;

export interface Stoppable {
  /** Undoes everything; a second call does nothing. */
  stop(): Promise<void>;
}

/** Builds a thing out of parts that must be given back, also when building it fails half-way. */
export async function buildStoppable<T extends object>(
  build: (defer: Defer) => Promise<T>,
): Promise<T & Stoppable> {
  const undos: (() => Promise<void>)[] = [];
  const stop = (): Promise<void> => undoAll(undos);
  try {
    const parts = await build((undo) => undos.push(undo));
    return { ...parts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function undoAll(undos: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
    await undo().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Cannot stop everything');
}
