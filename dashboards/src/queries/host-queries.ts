import { activityBands } from '../theme.ts';
import {
  band,
  highest,
  perTarget,
  type Query,
  rate,
  type Select,
  sum,
  targetLegend,
} from './query.ts';

/** Figures of the kernel, the processes, the error log and the slot table. */
export function hostQueries(select: Select) {
  return {
    ...kernelQueries(select),
    ...processQueries(select),
    ...clientQueries(select),
    errorEvents: {
      expr: sum(rate(select('webserver_error_log_events_total')), 'by (target, event)'),
      legend: '{{target}}: {{event}}',
    },
  } as const satisfies Record<string, Query>;
}

/** Connections by activity, in the order of the stack. */
export function connectionsByActivity(select: Select): readonly Query[] {
  return activityBands.map(({ label, activity }) => ({
    expr: band([select('webserver_connections', `activity="${activity}"`)]),
    legend: label,
  }));
}

function kernelQueries(select: Select) {
  return {
    acceptQueueLength: {
      expr: select('webserver_accept_queue_length'),
      legend: '{{target}} {{listen}} ({{instance}})',
    },
    listenOverflows: {
      expr: rate(select('webserver_kernel_listen_overflows_total')),
      legend: `overflow ${targetLegend}`,
    },
    listenDrops: {
      expr: rate(select('webserver_kernel_listen_drops_total')),
      legend: `drop ${targetLegend}`,
    },
    kernelConnections: {
      expr: sum(select('webserver_kernel_connections'), 'by (state)'),
      legend: '{{state}}',
    },
    waiting: highest(
      `(${sum(select('webserver_connections', 'activity="queued"'), perTarget)} or ${sum(select('webserver_accept_queue_length'), perTarget)})`,
    ),
    idleAge: {
      expr: `histogram_quantile(0.5, ${sum(rate(select('webserver_connection_idle_seconds_bucket')), 'by (le)')})`,
      legend: 'half of the idle clients at most',
    },
    oldestIdle: {
      expr: select('webserver_connection_oldest_idle_seconds'),
      legend: `oldest ${targetLegend}`,
    },
    topConnectionClient: {
      expr: select('webserver_connection_top_client_connections'),
      legend: `most connections of one ${targetLegend}`,
    },
    roundTrip: {
      expr: select('webserver_connection_min_rtt_seconds'),
      legend: `P{{percentile}} ${targetLegend}`,
    },
    kernelAge: { expr: select('webserver_kernel_age_seconds'), legend: targetLegend },
    keepaliveBySource: {
      expr: sum(select('webserver_keepalive_connections'), 'by (source)'),
      legend: '{{source}}',
    },
  } as const satisfies Record<string, Query>;
}

function processQueries(select: Select) {
  return {
    residentMemory: {
      expr: select('webserver_process_resident_memory_bytes'),
      legend: `all ${targetLegend}`,
    },
    idleMemory: {
      expr: select('webserver_keepalive_idle_memory_bytes'),
      legend: `waiting ${targetLegend}`,
    },
    openFiles: {
      expr: `${select('webserver_open_fds')} / (${select('webserver_max_fds')} > 0)`,
      legend: targetLegend,
    },
  } as const satisfies Record<string, Query>;
}

function clientQueries(select: Select) {
  const topClient = select('webserver_slot_top_client_slots');
  return {
    topClient: { expr: topClient, legend: `most slots of one ${targetLegend}` },
    clients: { expr: select('webserver_slot_clients'), legend: `clients ${targetLegend}` },
    oldestKeepalive: {
      expr: select('webserver_slot_oldest_keepalive_seconds'),
      legend: `oldest by the slot table ${targetLegend}`,
    },
  } as const satisfies Record<string, Query>;
}
