import { perTarget, type Query, rate, type Select, selectExporters, share, sum } from './query.ts';

/** One figure per target for the table, and the alerts that fire. */
export function fleetQueries(select: Select) {
  const column = (expr: string): Query => ({ expr, legend: '', shape: 'table' });
  const highest = (metric: string): Query => column(`max ${perTarget} (${select(metric)})`);
  const responses = 'webserver_log_responses_total';
  return {
    // ALERTS is written by Prometheus itself, one series per pending or firing alert.
    firing: {
      expr: `count(${selectExporters('ALERTS', 'alertstate="firing"')}) or 0 * count(${select('webserver_up')})`,
      legend: 'firing',
    },
    upColumn: highest('webserver_up'),
    fullColumn: highest('webserver_exhausted'),
    saturationColumn: highest('webserver_worker_saturation_ratio'),
    keepaliveColumn: highest('webserver_keepalive_slot_occupancy_ratio'),
    connectionColumn: highest('webserver_connection_occupancy_ratio'),
    requestColumn: column(sum(rate(select('webserver_requests_total')), perTarget)),
    errorColumn: column(
      share({
        part: rate(select(responses, 'code=~"5.."')),
        whole: rate(select(responses)),
        by: perTarget,
      }),
    ),
  } as const satisfies Record<string, Query>;
}
