import { clientClosedRequest, requestTimeout } from '../snapshot/log-record.ts';

/** The queries for one step of the time of a target. */
export interface PeriodQueries {
  readonly gauges: Readonly<Record<GaugeName, string>>;
  readonly durations: string;
  readonly keepaliveTimeout: string;
}

export const gaugeNames = [
  'heldSlots',
  'idleSlots',
  'saturationRatio',
  'exhaustedRatio',
  'memoryBytes',
  'requests',
  'newConnections',
  'responses',
  'abortedResponses',
] as const;

export type GaugeName = (typeof gaugeNames)[number];

export interface TargetSelection {
  readonly target: string;
  /** Additional label matchers, such as `instance="web1:9921"`. */
  readonly matchers: string;
}

const givenUp = `code=~"${requestTimeout}|${clientClosedRequest}"`;

/** Several exporters of one target are treated as its replicas: slots and counts are summed, ratios averaged. */
export function periodQueries(selection: TargetSelection, step: string): PeriodQueries {
  const select = (metric: string, matcher = '') => selectorOf(selection, metric, matcher);
  const average = (metric: string, matcher = '') =>
    `avg_over_time(${select(metric, matcher)}[${step}])`;
  const count = (metric: string, matcher = '') =>
    `sum(increase(${select(metric, matcher)}[${step}]))`;
  const responses = 'webserver_log_responses_total';
  const connections = count('webserver_log_connections_reached_total', 'requests="1"');
  return {
    gauges: {
      // For event both workers and connections are known: keep-alive holds connections there.
      heldSlots: preferConnections((kind) => average('webserver_visitor_slots', kind)),
      idleSlots: preferConnections((kind) =>
        average('webserver_slots', `state="keepalive"${kind && `,${kind}`}`),
      ),
      saturationRatio: `avg(${average('webserver_worker_saturation_ratio')})`,
      exhaustedRatio: `avg(${average('webserver_exhausted')})`,
      memoryBytes: `sum(${average('webserver_process_proportional_memory_bytes')}) or sum(${average('webserver_process_resident_memory_bytes')})`,
      // The log comes first: requests and connections must come from the same source for their ratio.
      requests: `(${count(responses)} and ${connections}) or ${count('webserver_requests_total')}`,
      newConnections: `${connections} or ${count('webserver_connections_accepted_total')}`,
      responses: count(responses),
      // If no 408 or 499 was ever logged, the series does not exist, and the count is 0.
      abortedResponses: `${count(responses, givenUp)} or 0 * ${count(responses)}`,
    },
    durations: `sum by (le) (increase(${select('webserver_log_request_duration_seconds_bucket')}[${step}]))`,
    keepaliveTimeout: `max(last_over_time(${select('webserver_keepalive_timeout_seconds')}[${step}]))`,
  };
}

function preferConnections(expression: (kind: string) => string): string {
  return `sum(${expression('kind="connection"')}) or sum(${expression('')})`;
}

/** The timeout in the server's file, and series that change when it is loaded; only Apache has the latter. */
export function changeQueries(selection: TargetSelection) {
  const newest = (metric: string) => `max(${selectorOf(selection, metric)})`;
  return {
    timeouts: newest('webserver_keepalive_timeout_seconds'),
    loads: [newest('webserver_config_generation'), newest('webserver_start_time_seconds')],
  };
}

/** Series that every scrape of a target writes, whether it has a status page or only logs. */
export function scrapedSeries(selection: TargetSelection): string {
  return selectorOf(selection, '', '__name__=~"webserver_up|webserver_log_lines_total"');
}

function selectorOf({ target, matchers }: TargetSelection, metric: string, matcher = ''): string {
  const all = [`target=${JSON.stringify(target)}`, matchers, matcher];
  return `${metric}{${all.filter((text) => text !== '').join(',')}}`;
}
