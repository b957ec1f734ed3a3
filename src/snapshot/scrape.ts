/** How the fetch of a status page ended; exactly one holds for each scrape. */
export const scrapeResults = [
  'ok',
  'dns',
  'refused',
  'connect_timeout',
  'response_timeout',
  'reset',
  'empty_reply',
  'tls',
  'http_status',
  'not_a_status_page',
  'too_large',
  'other',
] as const;

export type ScrapeResult = (typeof scrapeResults)[number];
export type ScrapeFailureResult = Exclude<ScrapeResult, 'ok'>;

/** An expected failure of a scrape: a bounded result for metrics, words for people. */
export interface ScrapeFailure {
  readonly result: ScrapeFailureResult;
  /** What went wrong, with the subject quoted; holds no secret and no page body. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

export interface ScrapeTimings {
  readonly durationSeconds: number;
  /** Until the connection (TCP, TLS included) stood; absent when it never did. */
  readonly connectSeconds?: number;
}
