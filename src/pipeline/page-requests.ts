import { pageRefreshSeconds } from './build-page-model.ts';

/** Remembers when the page was last requested. */
export interface PageRequests {
  note(): void;
  /** Whether the page is open in a browser. */
  isWatched(): boolean;
}

/** A browser without scripts requests the page again after the refresh; the live page requests data each second. */
const watchedMilliseconds = (pageRefreshSeconds + 2) * 1000;

export function createPageRequests(): PageRequests {
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    note() {
      lastAt = performance.now();
    },
    isWatched: () => performance.now() - lastAt < watchedMilliseconds,
  };
}
