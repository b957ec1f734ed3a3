/** Lets callers wait for something about a connection, which tells at each event that something changed. */
export interface Changes {
  /** Something changed: whoever waits looks again. */
  tell(): void;
  /** Resolves when the condition holds, when the time is over, or when the signal is aborted. */
  until(holds: () => boolean, milliseconds: number): Promise<void>;
}

export function createChanges(signal: AbortSignal): Changes {
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const look of [...waiting]) look();
  };
  return {
    tell,
    until: (holds, milliseconds) =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
          signal.removeEventListener('abort', finish);
          resolve();
        };
        const look = (): void => {
          if (holds() || signal.aborted) finish();
        };
        const timer = setTimeout(finish, milliseconds);
        waiting.add(look);
        signal.addEventListener('abort', finish, { once: true });
        look();
      }),
  };
}
