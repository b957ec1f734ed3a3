/** Lets callers wait for a condition that events of a connection may fulfil. */
export interface Changes {
  /** To be called after each event: every waiting caller checks its condition again. */
  notify(): void;
  /** Resolves when the condition holds, the time is over, or the signal is aborted. */
  until(holds: () => boolean, milliseconds: number): Promise<void>;
}

export function createChanges(signal: AbortSignal): Changes {
  const waiting = new Set<() => void>();
  const notify = (): void => {
    for (const check of [...waiting]) check();
  };
  return {
    notify,
    until: (holds, milliseconds) =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(check);
          signal.removeEventListener('abort', finish);
          resolve();
        };
        const check = (): void => {
          if (holds() || signal.aborted) finish();
        };
        const timer = setTimeout(finish, milliseconds);
        waiting.add(check);
        signal.addEventListener('abort', finish, { once: true });
        check();
      }),
  };
}
