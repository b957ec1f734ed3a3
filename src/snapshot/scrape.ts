/** The result of fetching a status page; each poll has exactly one. */
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

/** An expected failure of a poll: a bounded result for metrics, and text for people. */
export interface ScrapeFailure {
  readonly result: ScrapeFailureResult;
  /** What went wrong, with the subject in quotes; it contains no secret and no page body. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The headers of the answer had arrived: the server had a slot for the poll. */
  readonly answerBegan?: true;
}

export interface ScrapeTimings {
  readonly durationSeconds: number;
  /** Until the connection was established, TLS included; absent when it never was. */
  readonly connectSeconds?: number;
}
