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

/** What one line of an error log is, by the places where the server itself writes. */
export interface ErrorLogLine {
  readonly event?: ErrorLogEvent;
  /** The time on the line, in the server's own zone, counted as if that were UTC. Unix seconds. */
  readonly wallSeconds?: number;
  /** The entry may hold text of a visitor with newlines in it: lines that follow may be a part of it. */
  readonly mayGoOn?: true;
}

/**
 * `Nov 21 14:00:00 web nginx: ` or `2026-11-21T14:00:00+01:00 web apache2[7]: `, as a syslog daemon writes them to a
 * file. Only the servers' own names: other programs in the same file log what strangers send them.
 */
const syslogHeader =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) [\w.:-]{1,255} (?:nginx|apache2|httpd)(?:\[\d+\])?: /;

export function syslogHeaderLength(line: string): number {
  return syslogHeader.exec(line)?.[0].length ?? 0;
}
