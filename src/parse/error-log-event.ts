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

/** The contents of one line of an error log, taken only from positions where the server itself writes. */
export interface ErrorLogLine {
  readonly event?: ErrorLogEvent;
  /** The time on the line in Unix seconds, in the server's time zone but read as if it were UTC. */
  readonly wallSeconds?: number;
  /** The entry may contain text from a visitor with newlines: the following lines may belong to it. */
  readonly mayContinue?: true;
}

/**
 * `Nov 21 14:00:00 web nginx: ` or `2026-11-21T14:00:00+01:00 web apache2[7]: `, as a syslog daemon writes them to a
 * file. Only names of the servers match: other programs in the same file may log text from strangers.
 */
const syslogHeader =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) [\w.:-]{1,255} (?:nginx|apache2|httpd)(?:\[\d+\])?: /;

export function syslogHeaderLength(line: string): number {
  return syslogHeader.exec(line)?.[0].length ?? 0;
}
