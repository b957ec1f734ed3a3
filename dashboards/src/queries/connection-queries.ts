import { logQueries } from './log-queries.ts';
import { highest, type Query, rate, type Select, sum, targetLegend } from './query.ts';

/** Connection counters exist for nginx only; mod_status of Apache has none. */
export function connectionQueries(select: Select) {
  const accepted = rate(select('webserver_connections_accepted_total'));
  const handled = rate(select('webserver_connections_handled_total'));
  const dropped = rate(select('webserver_connections_dropped_total'));
  const requests = rate(select('webserver_requests_total'));
  return {
    accepted: { expr: sum(accepted), legend: 'accepted' },
    handled: { expr: sum(handled), legend: 'handled' },
    dropped: { expr: sum(dropped), legend: 'dropped' },
    mostDropped: highest(dropped),
    // stub_status counts the polls of the exporter as well, each of which is a new connection; the log shows visitors.
    requestsPerConnection: {
      expr: `${logQueries(select).requestsPerConnection.expr} or ${sum(requests)} / (${sum(handled)} > 0)`,
      legend: 'requests per connection',
    },
    requestsPerConnectionByTarget: {
      expr: `${requests} / (${handled} > 0)`,
      legend: targetLegend,
    },
    requestsInProgress: {
      expr: sum(select('webserver_requests_in_progress'), 'by (target, state)'),
      legend: '{{target}}: {{state}}',
    },
    reclaimed: {
      expr: rate(select('webserver_error_log_events_total', 'event="keepalive_reclaimed"')),
      legend: `reclaimed ${targetLegend}`,
    },
    exhaustedEvents: {
      expr: rate(
        select('webserver_error_log_events_total', 'event="worker_connections_exhausted"'),
      ),
      legend: `worker_connections exhausted ${targetLegend}`,
    },
  } as const satisfies Record<string, Query>;
}
