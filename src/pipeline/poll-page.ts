import type { CapacityConfig } from '../config/schema.ts';
import type { FailedFetch, FetchedPage, FetchPageOptions, PageFetcher } from '../io/fetch-page.ts';
import { createPageFetcher } from '../io/fetch-page.ts';
import { createObservationLane } from '../io/observation-lane.ts';
import type { Result } from '../result.ts';
import type { ScrapeTimings } from '../snapshot/scrape.ts';
import type { Capacity } from '../snapshot/slots.ts';
import type { TargetIdentity } from '../snapshot/target-view.ts';
import { createCapacitySource } from './capacity-source.ts';
import type { Log } from './log.ts';
import { type ReadOutcome, readOutcome } from './read-outcome.ts';

export interface PollPageOptions extends FetchPageOptions {
  readonly identity: TargetIdentity;
  readonly timeoutMilliseconds: number;
  readonly capacity: CapacityConfig;
  /** Keep a slot for the exporter, so that the status page stays readable while the server is full. */
  readonly observationLane?: boolean;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** What one poll of a status page found. */
export interface PagePoll extends ReadOutcome {
  readonly capacity: Capacity;
  readonly timings: ScrapeTimings;
  /** Unix time in seconds at which the answer, or the failure, was complete. */
  readonly atSeconds: number;
}

/** Polls one status page. Polls must not overlap. */
export interface PagePoller {
  /**
   * Never rejects.
   *
   * @param giveUp ends the poll before its deadline, as if the deadline were reached
   */
  poll(deadlineMilliseconds: number, giveUp: AbortSignal): Promise<PagePoll>;
  /** Whether the observation lane is connected; absent without a lane. */
  readonly isLaneUp?: () => boolean;
  close(): void;
}

export function createPagePoller(options: PollPageOptions): PagePoller {
  const { fetcher, ...lane } = openFetcher(options);
  const readCapacity = createCapacitySource(options);
  return {
    ...lane,
    async poll(deadlineMilliseconds, giveUp) {
      const deadline = Math.min(deadlineMilliseconds, options.timeoutMilliseconds);
      const [page, capacity] = await Promise.all([fetcher.fetch(deadline, giveUp), readCapacity()]);
      return readPage(page, capacity, options);
    },
    close: () => fetcher.close(),
  };
}

function openFetcher(options: PollPageOptions): {
  readonly fetcher: PageFetcher;
  readonly isLaneUp?: () => boolean;
} {
  if (options.observationLane !== true) return { fetcher: createPageFetcher(options) };
  const lane = createObservationLane(() => createPageFetcher({ ...options, persist: true }));
  return { fetcher: lane, isLaneUp: () => lane.isUp() };
}

/** The result does not hold the page itself: waiting polls of a hundred targets would hold a hundred megabytes. */
function readPage(
  page: Result<FetchedPage, FailedFetch>,
  capacity: Capacity,
  { identity, statusUrl, now }: PollPageOptions,
): PagePoll {
  const atSeconds = now();
  if (!page.ok) {
    const { failure, timings } = page.error;
    return { outcome: { kind: 'failed', failure }, badFields: [], capacity, timings, atSeconds };
  }
  const { server } = identity;
  const read = readOutcome({ page: page.value, server, capacity, now: atSeconds, statusUrl });
  return { ...read, capacity, timings: page.value.timings, atSeconds };
}
