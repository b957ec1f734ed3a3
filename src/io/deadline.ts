export interface Deadline {
  /** Aborted when the time is over, or when one of the given signals is aborted. */
  readonly signal: AbortSignal;
  /** Ends the deadline. Call it when the work is done. */
  close(): void;
}

/**
 * Not AbortSignal.any(): while somebody listens to its signal, Node.js keeps that, and all that the listener refers to,
 * until one of the sources is aborted. A source that is collected before never is.
 */
export function startDeadline(
  milliseconds: number,
  sources: readonly (AbortSignal | undefined)[],
): Deadline {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const timer = setTimeout(end, milliseconds);
  for (const source of sources) {
    source?.addEventListener('abort', end);
    if (source?.aborted === true) end();
  }
  return {
    signal: controller.signal,
    close() {
      clearTimeout(timer);
      for (const source of sources) source?.removeEventListener('abort', end);
    },
  };
}
