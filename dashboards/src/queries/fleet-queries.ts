import {
  fullIsOne,
  highestWithFull,
  perTarget,
  type Query,
  rate,
  type Select,
  share,
  sum,
} from './query.ts';
import { stateOf } from './status-queries.ts';

/**
 * Selects alerts by the names of these rules, because other rules use the labels job and target as well. The watchdog
 * always fires, so it is excluded.
 */
const ourAlerts =
  'alertname=~"(Webserver|Keepalive).+", alertname!="KeepaliveExporterWatchdog", alertstate="firing"';

/**
 * Alerts of the chosen targets, and those without the label: a service has no instance, an exporter no target, and
 * WebserverMetricsAbsent no job. A target of the same name in another job is another server.
 */
const chosen = `${ourAlerts}, job=~"$job|", instance=~"$instance|", target=~"$target|"`;

/** One figure for each target of the table, and the alerts that fire. */
export function fleetQueries(select: Select) {
  return {
    // ALERTS is written by Prometheus itself, one series per pending or firing alert.
    firing: {
      expr: `count(ALERTS{${chosen}}) or 0 * count(${select('webserver_up')})`,
      legend: 'firing',
      shape: 'instant',
    },
    alertRows: {
      expr: `sum by (alertname, severity, target) (ALERTS{${chosen}})`,
      legend: '',
      shape: 'table',
    },
    ...tableQueries(select),
  } as const satisfies Record<string, Query>;
}

function tableQueries(select: Select) {
  const table = (expr: string): Query => ({ expr, legend: '', shape: 'table' });
  const column = (expr: string): Query => table(`max ${perTarget} (${expr})`);
  const queued = sum(select('webserver_connections', 'activity="queued"'), perTarget);
  const acceptQueue = sum(select('webserver_accept_queue_length'), perTarget);
  const responses = 'webserver_log_responses_by_class_total';
  const saturation = { select, metric: 'webserver_worker_saturation_ratio' };
  return {
    stateColumn: column(stateOf(select)),
    saturationColumn: table(fullIsOne(saturation)),
    highestColumn: table(highestWithFull(saturation)),
    keepaliveColumn: column(select('webserver_keepalive_slot_occupancy_ratio')),
    waitingColumn: column(`${queued} or ${acceptQueue}`),
    requestColumn: column(rate(select('webserver_requests_total'))),
    errorColumn: column(
      share({
        part: rate(select(responses, 'class="5xx"')),
        whole: rate(select(responses)),
        by: perTarget,
      }),
    ),
  } as const satisfies Record<string, Query>;
}
