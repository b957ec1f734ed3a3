import {
  highest,
  increase,
  perTarget,
  type Query,
  rate,
  type Select,
  share,
  sum,
  targetLegend,
} from './query.ts';

/** Figures of the access log: rate, errors, duration, reuse of connections, and the log itself. */
export function logQueries(select: Select) {
  return {
    ...rateQueries(select),
    ...errorQueries(select),
    ...durationQueries(select),
    ...reuseQueries(select),
    ...logHealthQueries(select),
  };
}

function rateQueries(select: Select) {
  const responses = 'webserver_log_responses_total';
  const ofClass = (first: number): Query => ({
    expr: sum(rate(select('webserver_log_responses_by_class_total', `class="${first}xx"`))),
    legend: `${first}xx`,
  });
  return {
    responseRate: { expr: sum(rate(select(responses))), legend: 'responses' },
    informational: ofClass(1),
    success: ofClass(2),
    redirect: ofClass(3),
    clientError: ofClass(4),
    serverError: ofClass(5),
    byMethod: { expr: sum(rate(select(responses)), 'by (method)'), legend: '{{method}}' },
    byProtocol: { expr: sum(rate(select(responses)), 'by (protocol)'), legend: '{{protocol}}' },
    topCodes: {
      expr: `topk(10, ${sum(rate(select(responses, 'code=~"4..|5.."')), 'by (code)')})`,
      legend: '{{code}}',
    },
  } as const satisfies Record<string, Query>;
}

function errorQueries(select: Select) {
  const all = rate(select('webserver_log_responses_total'));
  const coded = (code: string, by?: string): string =>
    share({
      part: rate(select('webserver_log_responses_total', `code=~"${code}"`)),
      whole: all,
      by,
    });
  return {
    serverErrorShare: { expr: failedShare(select), legend: '5xx' },
    worstErrorShare: highest(failedShare(select, perTarget)),
    worstAbortShare: highest(coded('408|499', perTarget)),
    abortShareByTarget: { expr: coded('408|499', perTarget), legend: targetLegend },
    timeoutShare: { expr: coded('408'), legend: '408 timed out' },
    timeoutShareYesterday: { expr: yesterday(select, '408'), legend: '408 a day before' },
    gaveUpShare: { expr: coded('499'), legend: '499 gave up' },
    gaveUpShareYesterday: { expr: yesterday(select, '499'), legend: '499 a day before' },
    timeoutsByStage: {
      expr: sum(rate(select('webserver_log_request_timeouts_total')), 'by (stage)'),
      legend: '{{stage}}',
    },
  } as const satisfies Record<string, Query>;
}

/** By class, as in the alerts: the series of a class starts at 0, that of a code at its first response. */
function failedShare(select: Select, by?: string): string {
  const responses = 'webserver_log_responses_by_class_total';
  return share({
    part: rate(select(responses, 'class="5xx"')),
    whole: rate(select(responses)),
    by,
  });
}

/** The same share a day before, to distinguish a spike from a daily pattern. */
function yesterday(select: Select, code: string): string {
  const before = (series: string): string => `rate(${series}[$__rate_interval] offset 1d)`;
  return share({
    part: before(select('webserver_log_responses_total', `code=~"${code}"`)),
    whole: before(select('webserver_log_responses_total')),
  });
}

function durationQueries(select: Select) {
  const quantile = (q: number, metric: string): string =>
    `histogram_quantile(${q}, ${sum(rate(select(`${metric}_bucket`)), 'by (le)')})`;
  const duration = 'webserver_log_request_duration_seconds';
  const p99 = `histogram_quantile(0.99, ${sum(
    rate(select(`${duration}_bucket`)),
    'by (job, instance, target, server, le)',
  )})`;
  return {
    p50: { expr: quantile(0.5, duration), legend: 'P50' },
    p95: { expr: quantile(0.95, duration), legend: 'P95' },
    p99: { expr: quantile(0.99, duration), legend: 'P99' },
    p99ByTarget: { expr: p99, legend: `logged P99 ${targetLegend}` },
    // Without traffic it is NaN, which topk may choose.
    worstP99: highest(`${p99} >= 0`),
    durationHeatmap: {
      expr: sum(increase(select(`${duration}_bucket`)), 'by (le)'),
      legend: '{{le}}',
      shape: 'heatmap',
    },
    upstreamConnect: {
      expr: quantile(0.95, 'webserver_log_upstream_connect_seconds'),
      legend: 'P95 connect',
    },
    upstreamResponse: {
      expr: quantile(0.95, 'webserver_log_upstream_response_seconds'),
      legend: 'P95 response',
    },
  } as const satisfies Record<string, Query>;
}

function reuseQueries(select: Select) {
  const responses = rate(select('webserver_log_responses_total'));
  const reached = 'webserver_log_connections_reached_total';
  const connections = sum(rate(select(reached, 'requests="1"')));
  return {
    requestsPerConnection: {
      expr: `${sum(responses)} / (${connections} > 0)`,
      legend: 'requests per connection',
    },
    connectionRate: { expr: connections, legend: 'connections' },
    reachedShare: {
      expr: `${sum(rate(select(reached)), 'by (requests)')} / on () group_left () (${connections} > 0)`,
      legend: 'at least {{requests}}',
    },
  } as const satisfies Record<string, Query>;
}

/** A target has several logs. */
const sourceLegend = '{{target}}: {{source}} ({{instance}})';

function logHealthQueries(select: Select) {
  const lines = 'webserver_log_lines_total';
  const lastLine = select('webserver_log_last_line_timestamp_seconds');
  const lag = select('webserver_log_lag_bytes');
  return {
    linesByResult: { expr: sum(rate(select(lines)), 'by (result)'), legend: '{{result}}' },
    worstUnparsedShare: highest(
      share({
        part: rate(select(lines, 'result="unparsed"')),
        whole: rate(select(lines)),
        by: perTarget,
      }),
    ),
    lag: { expr: lag, legend: sourceLegend },
    worstLag: highest(lag),
    lastLineAge: { expr: `time() - ${lastLine}`, legend: targetLegend },
    readBytes: {
      expr: rate(select('webserver_log_read_bytes_total')),
      legend: `read ${sourceLegend}`,
    },
    skippedBytes: {
      expr: rate(select('webserver_log_skipped_bytes_total')),
      legend: `lost ${sourceLegend}`,
    },
    rotations: { expr: increase(select('webserver_log_rotations_total')), legend: sourceLegend },
  } as const satisfies Record<string, Query>;
}
