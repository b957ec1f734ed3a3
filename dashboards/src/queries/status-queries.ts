import { perTarget, type Query, rate, type Select, sum, targetLegend } from './query.ts';

/** What the status page tells: the verdict, the ratios, the slots, the requests, the fetch itself. */
export function statusQueries(select: Select) {
  return {
    ...verdictQueries(select),
    ...ratioQueries(select),
    ...slotQueries(select),
    ...requestQueries(select),
    ...fetchQueries(select),
    ...lifeQueries(select),
  };
}

function verdictQueries(select: Select) {
  const exhausted = select('webserver_exhausted');
  return {
    fullNow: { expr: sum(exhausted), legend: 'full' },
    exhausted: { expr: exhausted, legend: targetLegend },
    evidence: {
      expr: select('webserver_exhaustion_evidence'),
      legend: '{{target}}: {{evidence}}',
    },
  } as const satisfies Record<string, Query>;
}

function ratioQueries(select: Select) {
  const saturation = select('webserver_worker_saturation_ratio');
  const keepalive = select('webserver_keepalive_slot_occupancy_ratio');
  const connections = select('webserver_connection_occupancy_ratio');
  return {
    saturation: { expr: saturation, legend: targetLegend },
    worstSaturation: { expr: `max(${saturation})`, legend: 'worst' },
    keepalive: { expr: keepalive, legend: targetLegend },
    worstKeepalive: { expr: `max(${keepalive})`, legend: 'worst' },
    connectionOccupancy: { expr: connections, legend: targetLegend },
    worstConnectionOccupancy: { expr: `max(${connections})`, legend: 'worst' },
  } as const satisfies Record<string, Query>;
}

function slotQueries(select: Select) {
  return {
    workersByState: byState(select('webserver_slots', 'kind="worker"')),
    workerLimit: limit(select('webserver_slots_limit', 'kind="worker"')),
    connectionsByState: byState(select('webserver_slots', 'kind="connection"')),
    connectionLimit: limit(select('webserver_slots_limit', 'kind="connection"')),
    workersWithRoom: {
      expr: sum(select('webserver_slots', 'kind="worker"', 'state=~"idle|open"')),
      legend: 'idle and open',
    },
    waitingConnections: {
      expr: sum(select('webserver_slots', 'kind="connection"', 'state="keepalive"')),
      legend: 'waiting',
    },
    readingByTarget: {
      expr: sum(select('webserver_slots', 'state="reading"'), perTarget),
      legend: targetLegend,
    },
    limitByTarget: {
      expr: select('webserver_slots_limit'),
      legend: '{{target}} {{kind}} ({{source}})',
    },
  } as const satisfies Record<string, Query>;
}

function byState(series: string): Query {
  return { expr: `sum by (state) (${series})`, legend: '{{state}}' };
}

/** Named `limit` because the panels draw a series of that name as a dashed line. */
function limit(series: string): Query {
  return { expr: sum(series), legend: 'limit' };
}

function requestQueries(select: Select) {
  const requests = rate(select('webserver_requests_total'));
  const someRequests = `(${requests} > 0)`;
  return {
    requestRate: { expr: sum(requests), legend: 'requests' },
    requestRateByTarget: { expr: requests, legend: targetLegend },
    bytesRate: { expr: rate(select('webserver_response_bytes_total')), legend: targetLegend },
    bytesPerRequest: {
      expr: `${rate(select('webserver_response_bytes_total'))} / ${someRequests}`,
      legend: targetLegend,
    },
    handlingSeconds: {
      expr: `${rate(select('webserver_request_handling_seconds_total'))} / ${someRequests}`,
      legend: targetLegend,
    },
  } as const satisfies Record<string, Query>;
}

function fetchQueries(select: Select) {
  const up = select('webserver_up');
  const fetchSeconds = select('webserver_scrape_duration_seconds');
  return {
    // `or 0 * count` keeps a 0 where all are up; without any target there is no figure at all.
    notAnswering: { expr: `count(${up} == 0) or 0 * count(${up})`, legend: 'silent' },
    up: { expr: up, legend: targetLegend },
    fetchResult: {
      expr: `${select('webserver_scrape_result')} == 1`,
      legend: '{{target}}: {{result}}',
    },
    fetchFailures: {
      expr: sum(rate(select('webserver_scrape_failures_total')), 'by (target, result)'),
      legend: '{{target}}: {{result}}',
    },
    fetchSeconds: { expr: fetchSeconds, legend: targetLegend },
    worstFetchSeconds: { expr: `max(${fetchSeconds})`, legend: 'slowest' },
    connectSeconds: {
      expr: select('webserver_scrape_connect_seconds'),
      legend: `connect ${targetLegend}`,
    },
  } as const satisfies Record<string, Query>;
}

function lifeQueries(select: Select) {
  return {
    uptime: {
      expr: `time() - ${select('webserver_start_time_seconds')}`,
      legend: targetLegend,
    },
    configGeneration: { expr: select('webserver_config_generation'), legend: targetLegend },
    processes: {
      expr: sum(select('webserver_processes'), 'by (state)'),
      legend: '{{state}}',
    },
    info: {
      expr: select('webserver_info'),
      legend: '{{target}}: {{version}} {{mpm}} {{keepalive_model}}',
    },
  } as const satisfies Record<string, Query>;
}
