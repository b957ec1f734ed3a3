import { within } from './within.ts';

/** The server's files may change at any time; reading them once a minute takes little. */
const rereadMilliseconds = 60_000;

/** Files on a network may not answer. A poll waits for the first reading only, and no longer than this. */
const firstWaitMilliseconds = 1000;

/**
 * Reads again each minute, when it is asked, beside the polls: until the new result is there, the last one is returned.
 *
 * @param unread what is returned while there is no result
 */
export function rereadEachMinute<T>(read: () => Promise<T>, unread: T): () => Promise<T> {
  let readAt = Number.NEGATIVE_INFINITY;
  let isReading = false;
  let latest = unread;
  let first: Promise<unknown> | undefined;
  const renew = async (): Promise<void> => {
    isReading = true;
    readAt = performance.now();
    latest = await read();
    isReading = false;
  };
  return async () => {
    if (!isReading && performance.now() - readAt >= rereadMilliseconds) {
      const renewed = renew();
      first ??= within(renewed, firstWaitMilliseconds);
    }
    await first;
    return latest;
  };
}
