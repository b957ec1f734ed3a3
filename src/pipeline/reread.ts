import { BackgroundReading } from './background-reading.ts';

/** The server's files may change at any time; reading them once a minute takes little. */
const rereadMilliseconds = 60_000;

/** Files on a network may not answer. A poll waits for the first reading only, and no longer than this. */
const firstWaitMilliseconds = 1000;

/**
 * Reads again each minute, when it is asked, beside the polls: until the new result is there, the last one is returned.
 *
 * @param unread what is returned while there is no result
 */
export function rereadEachMinute<T>(
  read: () => Promise<T>,
  unread: NonNullable<T>,
): () => Promise<T> {
  const readings = new BackgroundReading<T>(rereadMilliseconds, firstWaitMilliseconds);
  return async () => (await readings.latest(read)) ?? unread;
}
