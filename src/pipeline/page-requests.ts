import { pageRefreshSeconds } from './build-page-model.ts';

/** When somebody last asked for the page. */
export interface PageRequests {
  note(): void;
  /** Whether the page is open somewhere. */
  isWatched(): boolean;
}

/** A page without a script comes back after the refresh, a live one each second. */
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
