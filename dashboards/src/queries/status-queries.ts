import { scrapeResults } from '../../../src/snapshot/scrape.ts';
import { slotBands } from '../theme.ts';
import {
  band,
  fullIsOne,
  highest,
  highestWithFull,
  lowest,
  namesOf,
  perTarget,
  type Query,
  rate,
  type Select,
  sum,
  targetLegend,
  worstTwelve,
} from './query.ts';

/** The verdict, and figures of the status page: ratios, slots, requests and the polls themselves. */
export function statusQueries(select: Select) {
  return {
    ...verdictQueries(select),
    ...ratioQueries(select),
    ...slotQueries(select),
    ...requestQueries(select),
    ...fetchQueries(select),
  };
}

function verdictQueries(select: Select) {
  const exhausted = select('webserver_exhausted');
  return {
    fullByName: {
      expr: namesOf({ bad: `(${exhausted} == 1)`, of: exhausted, label: 'target' }),
      legend: '{{target}}',
      shape: 'instant',
    },
    unanswered: {
      expr: namesOf({
        bad: `(${select('webserver_visitors_unanswered')} == 1)`,
        of: select('webserver_up'),
        label: 'target',
      }),
      legend: '{{target}}',
      shape: 'instant',
    },
    state: { expr: worstTwelve(`max ${perTarget} (${stateOf(select)})`), legend: targetLegend },
    worstState: highest(`max ${perTarget} (${stateOf(select)})`),
    // Only evidence that holds: rows for all of it would hide the ones that matter.
    evidence: {
      expr: `max by (target, evidence) (${select('webserver_exhaustion_evidence')}) == 1`,
      legend: '{{target}}: {{evidence}}',
    },
  } as const satisfies Record<string, Query>;
}

/**
 * A number for the state of a target; targetStates in theme.ts has the words. The first that holds is used. A target
 * whose exporter does not answer stays visible for an hour, as NO DATA.
 */
export function stateOf(select: Select): string {
  return [
    `4 * (${select('webserver_exhausted')} == 1)`,
    `3 * (${select('webserver_visitors_unanswered')} == 1)`,
    `2 * (1 - ${select('webserver_up')} == 1)`,
    `0 * ${select('webserver_up')}`,
    `0 * last_over_time(${select('webserver_up')}[1h]) + 1`,
  ].join(' or ');
}

/** The chosen targets by their highest saturation in the time range of the dashboard; those without a limit last. */
export function fullestTargets(select: Select): string {
  const highest = highestWithFull({ select, metric: 'webserver_worker_saturation_ratio' });
  return `max by (target) (${highest} or 0 * ${select('webserver_up')})`;
}

/** The same targets, without those whose MPM has no slots for connections. */
export function fullestWithConnections(select: Select): string {
  const slots = select('webserver_slots', 'kind="connection"');
  return `${fullestTargets(select)} and on (target) present_over_time(${slots}[$__range])`;
}

function ratioQueries(select: Select) {
  const saturation = fullIsOne({ select, metric: 'webserver_worker_saturation_ratio' });
  const keepalive = select('webserver_keepalive_slot_occupancy_ratio');
  const connections = fullIsOne({ select, metric: 'webserver_connection_occupancy_ratio' });
  return {
    saturation: { expr: saturation, legend: targetLegend },
    highestSaturation: { expr: worstTwelve(saturation), legend: targetLegend },
    worstSaturation: highest(saturation),
    keepalive: { expr: keepalive, legend: targetLegend },
    worstKeepalive: highest(keepalive),
    worstConnectionOccupancy: highest(connections),
  } as const satisfies Record<string, Query>;
}

function slotQueries(select: Select) {
  return {
    // The server with the least room, because a sum would hide it. A full server has 0, whatever its last page reported.
    fewestFreeSlots: lowest(
      `(0 * (${select('webserver_exhausted')} == 1) or ${sum(
        select('webserver_slots', 'state=~"idle|open|free"'),
        perTarget,
      )})`,
    ),
    slotsSource: {
      expr: `${select('webserver_slots_source')} == 1`,
      legend: '{{target}}: {{source}} ({{instance}})',
    },
    waitingConnections: {
      expr: sum(select('webserver_slots', 'kind="connection"', 'state="keepalive"')),
      legend: 'waiting',
      shape: 'instant',
    },
    readingByTarget: {
      expr: sum(select('webserver_slots', 'state="reading"'), perTarget),
      legend: targetLegend,
    },
  } as const satisfies Record<string, Query>;
}

/** `visitors`: those that fill up first, workers of Apache and connections of nginx. */
const matchersOf = {
  worker: [['kind="worker"']],
  connection: [['kind="connection"']],
  visitors: [['kind="worker"'], ['kind="connection"', 'server="nginx"']],
} as const;

/** The slots of one kind by state: one query for each band, because Grafana keeps the order of the queries. */
export function slotsByState(select: Select, kind: keyof typeof matchersOf): readonly Query[] {
  const ofKind = (metric: string, ...matchers: readonly string[]) =>
    matchersOf[kind].map((own) => select(metric, ...own, ...matchers));
  const bands = slotBands.map(({ label, states }) => ({
    expr: band(ofKind('webserver_slots', `state=~"${states.join('|')}"`)),
    legend: label,
  }));
  // Panels draw the series named `limit` as a dashed line.
  const limit = { expr: sum(ofKind('webserver_slots_limit').join(' or ')), legend: 'limit' };
  return [...bands, limit];
}

function requestQueries(select: Select) {
  const requests = rate(select('webserver_requests_total'));
  const someRequests = `(${requests} > 0)`;
  return {
    requestRateByTarget: { expr: requests, legend: targetLegend },
    handlingSeconds: {
      expr: `${rate(select('webserver_request_handling_seconds_total'))} / ${someRequests}`,
      legend: targetLegend,
    },
  } as const satisfies Record<string, Query>;
}

function fetchQueries(select: Select) {
  const up = select('webserver_up');
  const fetchSeconds = select('webserver_scrape_duration_seconds');
  const failures = select('webserver_scrape_failures_total');
  const failed = 'by (target, result)';
  return {
    unreadableByName: {
      expr: namesOf({ bad: `(1 - ${up} == 1)`, of: up, label: 'target' }),
      legend: '{{target}}',
      shape: 'instant',
    },
    fetchResult: {
      expr: worstTwelve(`max ${perTarget} (${resultNumber(select)})`),
      legend: targetLegend,
    },
    fetchFailures: {
      // Results that occurred in this time range, with their zeros: a single point would not be drawn.
      expr: `${sum(rate(failures), failed)} and ${sum(`increase(${failures}[$__range] @ end())`, failed)} > 0`,
      legend: '{{target}}: {{result}}',
    },
    fetchSeconds: { expr: fetchSeconds, legend: `status page ${targetLegend}` },
    connectSeconds: {
      expr: select('webserver_scrape_connect_seconds'),
      legend: `connect ${targetLegend}`,
    },
  } as const satisfies Record<string, Query>;
}

/** The index of the result in the list of results, so that each target has one bar with words. */
function resultNumber(select: Select): string {
  return scrapeResults
    .map((result, index) => `${index} * ${select('webserver_scrape_result', `result="${result}"`)}`)
    .map((expr, index) => (index === 0 ? expr : `(${expr} > 0)`))
    .reverse()
    .join(' or ignoring (result) ');
}
