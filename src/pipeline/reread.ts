/** The server's files may change at any time; reading them once a minute takes little. */
const rereadMilliseconds = 60_000;

/** Shares the result of a read for a minute; after that the next call reads again. */
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
