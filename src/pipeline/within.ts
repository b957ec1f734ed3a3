/** The result of the work, or undefined when it takes longer than that. The work itself is not stopped. */
export async function within<T>(
  work: Promise<T> | undefined,
  milliseconds: number,
): Promise<T | undefined> {
  if (work === undefined) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, milliseconds));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Of the half second that a scrape keeps in reserve. */
const reserveMilliseconds = 250;

export interface ReadingLimit {
  readonly milliseconds: number;
  /** Aborted when a caller of the poll has no time left. */
  readonly giveUp: AbortSignal;
}

/** The same for a reading that belongs to a poll: it ends soon after the poll has to. */
export async function withinPoll<T>(
  work: Promise<T> | undefined,
  { milliseconds, giveUp }: ReadingLimit,
): Promise<T | undefined> {
  if (work === undefined) return undefined;
  let timer: NodeJS.Timeout | undefined;
  let endSoon = (): void => undefined;
  const late = new Promise<undefined>((resolve) => {
    const endAfter = (wait: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => resolve(undefined), wait);
    };
    endSoon = () => endAfter(Math.min(milliseconds, reserveMilliseconds));
    endAfter(milliseconds);
  });
  if (giveUp.aborted) endSoon();
  giveUp.addEventListener('abort', endSoon, { once: true });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
    giveUp.removeEventListener('abort', endSoon);
  });
}
