/**
 * The contents of one stub_status page (ngx_http_stub_status_module). A value that is not a plain number is
 * `undefined`: nginx prints a gauge below zero as a wrapped 64-bit integer (nginx issue 131).
 */
export interface NginxStatus {
  readonly kind: 'nginx';
  /** `Active connections`, including those that wait. */
  readonly active?: number;
  readonly accepts?: number;
  readonly handled?: number;
  readonly requests?: number;
  /** Tengine's fourth number: the sum of all request times in milliseconds. */
  readonly requestTimeMilliseconds?: number;
  /** Requests whose header is being read; HTTP/2 and HTTP/3 count streams. */
  readonly reading?: number;
  /** Requests that are being processed, including those that wait for an upstream. */
  readonly writing?: number;
  /** Reusable connections: idle keep-alive ones, and those that have not sent a byte yet. */
  readonly waiting?: number;
}
