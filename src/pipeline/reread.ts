/** A reload of the server may change its files at any time; reading them once a minute costs nothing. */
const rereadMilliseconds = 60_000;

/** The result of a reading that is made again when it is a minute old; callers in between share it. */
export function rereadEachMinute<T>(read: () => Promise<T>): () => Promise<T> {
  let readAt = Number.NEGATIVE_INFINITY;
  let latest: Promise<T> | undefined;
  return () => {
    if (latest !== undefined && performance.now() - readAt < rereadMilliseconds) return latest;
    readAt = performance.now();
    latest = read();
    return latest;
  };
}
