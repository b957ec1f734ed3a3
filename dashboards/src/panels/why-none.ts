import type { Query } from '../queries/query.ts';

interface Reason {
  readonly long: string;
  /** For a figure: Grafana shrinks a text until it fits into a figure, and a sentence becomes unreadable. */
  readonly short: string;
}

const because = (long: string, short: string): Reason => ({ long, short });

/** Likely reasons for an empty result, by the text of the query; the first match is used. */
const reasons: readonly (readonly [RegExp, Reason])[] = [
  [/ALERTS/, because('no target is scraped', 'no target')],
  [/webserver_error_log_/, because('no error log is read', 'no error log')],
  [
    /target:slo_/,
    because('no traffic, no log, or alerts/slo.rules.yml is not loaded', 'no log data'),
  ],
  [
    /webserver_log_request_duration/,
    because('no traffic, or no log with a duration', 'no log data'),
  ],
  [/webserver_log_upstream/, because('no log with upstream times', 'no log data')],
  [/webserver_log_connections_reached/, because('no log identifies connections', 'no log data')],
  [/webserver_log_/, because('no traffic, or no access log', 'no log data')],
  [/webserver_slot_/, because('no slot table is read (slot_table)', 'no slot table')],
  [/_samples_/, because('no target is sampled', 'no samples')],
  [
    /webserver_(connection|worker|keepalive)_\w*ratio|webserver_slots_limit/,
    because('no limit is known', 'no limit'),
  ],
  [
    /webserver_(kernel|connection_|connections\{|accept_queue)/,
    because('sockets not seen', 'not seen'),
  ],
  [
    /webserver_(process_resident|keepalive_idle_memory|open_fds)/,
    because('processes not watched', 'not watched'),
  ],
  [/checkpoint/, because('no checkpoint is written', 'no checkpoint')],
  [
    /^(?!.*server="nginx").*(kind="connection"|webserver_keepalive_connections)/,
    because('no connection slots (not event, not nginx)', 'no slots'),
  ],
  [
    /server="nginx"|webserver_connections_|requests_in_progress/,
    because('no nginx is scraped', 'no nginx'),
  ],
];

/** The text of an empty panel: the likely reason, instead of "no data". */
export function whyNone(queries: readonly Query[]): Reason {
  const asked = queries.map(({ expr }) => expr).join(' ');
  const found = reasons.find(([pattern]) => pattern.test(asked));
  return found?.[1] ?? because('no target is scraped', 'no target');
}
