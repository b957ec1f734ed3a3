import { perTarget, type Query, rate, type Select, sum } from './query.ts';

/** One figure for each target of the table on the Tuning dashboard. */
export function adviceQueries(select: Select) {
  const table = (expr: string): Query => ({ expr, legend: '', shape: 'table' });
  const column = (expr: string): Query => table(`max ${perTarget} (${expr})`);
  const advised = `max ${perTarget} (${select('webserver_advised_keepalive_timeout_seconds')})`;
  const inForce = `max ${perTarget} (${select('webserver_keepalive_timeout_seconds')})`;
  const connections = rate(select('webserver_log_connections_reached_total', 'requests="1"'));
  const responses = rate(select('webserver_log_responses_total'));
  return {
    changeColumn: column(`${advised} != bool ${inForce}`),
    timeoutColumn: table(inForce),
    advisedColumn: table(advised),
    // Also for targets without advice, so that their rows are there.
    slotsColumn: column(
      `${select('webserver_slots_limit', 'kind="worker"')} or ${select('webserver_slots_limit', 'server="nginx"')}`,
    ),
    advisedSlotsColumn: column(select('webserver_advised_slots')),
    reuseColumn: table(`${sum(responses, perTarget)} / (${sum(connections, perTarget)} > 0)`),
  } as const satisfies Record<string, Query>;
}
