export const errorLogEvents = [
  'max_request_workers',
  'near_max_request_workers',
  'scoreboard_full',
  'worker_connections_exhausted',
  'keepalive_reclaimed',
  'too_many_open_files',
  'request_read_timeout',
] as const;

export type ErrorLogEvent = (typeof errorLogEvents)[number];

/**
 * Wording by server source; the number (AH...) is left out of some versions, so the words are what is looked for.
 * Apache: prefork.c, worker.c, event.c, mod_reqtimeout.c; 2.2 says MaxClients. nginx: ngx_connection.c,
 * ngx_event_accept.c. The longer of two that share their beginning stands first.
 */
const wordings: readonly (readonly [string, ErrorLogEvent])[] = [
  ['worker_connections are not enough, reusing connections', 'keepalive_reclaimed'],
  ['worker_connections are not enough', 'worker_connections_exhausted'],
  ['Too many open files', 'too_many_open_files'],
  ['server is within MinSpareThreads of MaxRequestWorkers', 'near_max_request_workers'],
  ['server reached MaxRequestWorkers setting', 'max_request_workers'],
  ['server reached MaxClients setting', 'max_request_workers'],
  ['scoreboard is full, not at MaxRequestWorkers', 'scoreboard_full'],
  ['read timeout', 'request_read_timeout'],
];

/** AH01382: Request header read timeout. The words alone could stand in a script's message. */
const requestReadTimeout = /Request (?:handshake|header|body) read timeout/;

/** What an error-log line says about slots; undefined for every other line. */
export function parseErrorLogEvent(line: string): ErrorLogEvent | undefined {
  const found = wordings.find(([words]) => line.includes(words))?.[1];
  if (found === 'request_read_timeout' && !requestReadTimeout.test(line)) return undefined;
  return found;
}
