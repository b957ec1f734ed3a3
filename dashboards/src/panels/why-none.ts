import type { Query } from '../queries/query.ts';

/** Likely reasons for an empty result, by the text of the query; the first match is used. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/ALERTS/, 'no target is scraped'],
  [/webserver_error_log_/, 'no error log is read'],
  [/target:slo_/, 'no traffic, no log, or alerts/slo.rules.yml is not loaded'],
  [/webserver_log_request_duration/, 'no traffic, or no log with a duration'],
  [/webserver_log_upstream/, 'no log with upstream times'],
  [/webserver_log_connections_reached/, 'no log identifies connections'],
  [/webserver_log_/, 'no traffic, or no access log'],
  [/webserver_slot_/, 'no slot table is read (slot_table)'],
  [/_samples_/, 'no target is sampled'],
  [/webserver_(kernel|connection_|connections\{|accept_queue)/, 'sockets not seen'],
  [/webserver_(process_resident|keepalive_idle_memory|open_fds)/, 'processes not watched'],
  [/checkpoint/, 'no checkpoint is written'],
  [
    /kind="connection"|webserver_keepalive_connections/,
    'no connection slots (not event, not nginx)',
  ],
  [/webserver_(connection|worker|keepalive)_\w*ratio/, 'no limit is known'],
  [/server="nginx"|webserver_connections_|requests_in_progress/, 'no nginx is scraped'],
];

/** The text of an empty panel: the likely reason, instead of "no data". */
export function whyNone(queries: readonly Query[]): string {
  const asked = queries.map(({ expr }) => expr).join(' ');
  const found = reasons.find(([pattern]) => pattern.test(asked));
  return found?.[1] ?? 'no target is scraped';
}
