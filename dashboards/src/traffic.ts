import { buildDashboard } from './build-dashboard.ts';
import { drillDown, toItsServer } from './links.ts';
import {
  failedFigure,
  fullFigure,
  gaveUpFigure,
  latencyFigure,
  reuseFigure,
} from './panels/common-figures.ts';
import { heatmapPanel } from './panels/heatmap-panel.ts';
import { curves, figure } from './panels/short-forms.ts';
import { logQueries } from './queries/log-queries.ts';
import { selectTargets } from './queries/query.ts';
import { statusQueries } from './queries/status-queries.ts';
import { abortColors, codeColors, meaning, quantileColors, thresholds, unit } from './theme.ts';

const select = selectTargets();
const logs = logQueries(select);
const status = statusQueries(select);

/** What do visitors get? */
export const trafficDashboard = buildDashboard({
  name: 'traffic',
  title: 'Keep-alive / Traffic from logs',
  question: 'What do visitors get, how fast, and do they give up?',
  from: 'now-3h',
  chosenFrom: 'webserver_log_lines_total',
  glance: [
    fullFigure(status.fullByName, 'The Fleet dashboard leads to what holds its slots.'),
    figure({
      title: 'Responses',
      query: logs.responseRate,
      unit: unit.requestsPerSecond,
      thresholds: thresholds.none,
      shows: 'Logged responses per second.',
      bad: 'a sudden fall. Check whether visitors reach the site.',
    }),
    failedFigure(logs.worstErrorShare),
    gaveUpFigure(logs.worstAbortShare, {
      bad: 'over 5 %. See below whether 408 (slow clients) or 499 (a slow upstream) causes it.',
    }),
    latencyFigure(logs.worstP99),
    reuseFigure(logs.requestsPerConnection),
    curves({
      title: 'Latency',
      queries: [logs.p50, logs.p95, logs.p99],
      unit: unit.seconds,
      thresholds: thresholds.none,
      shows: 'Percentiles of the request duration.',
      bad: 'P99 far above P50: some visitors wait. Compare it with the upstream.',
      colors: { P50: quantileColors.p50, P95: quantileColors.p95, P99: quantileColors.p99 },
    }),
    curves({
      title: 'Errors',
      queries: [logs.serverErrorShare, logs.timeoutShare, logs.gaveUpShare],
      unit: unit.ratio,
      thresholds: thresholds.none,
      shows: 'Shares of the responses.',
      bad: '5xx: the application. 408: slow clients. 499: clients that gave up.',
      colors: { '5xx': meaning.bad, ...abortColors },
    }),
    curves({
      title: 'Responses by class',
      queries: [
        logs.informational,
        logs.success,
        logs.redirect,
        logs.clientError,
        logs.serverError,
      ],
      unit: unit.requestsPerSecond,
      thresholds: thresholds.none,
      shows: 'Responses per second by class of the status code.',
      bad: '4xx or 5xx that grow.',
      colors: codeColors,
      drawn: 'stacked',
    }),
    curves({
      title: '408 and 499, and a day before',
      queries: [
        logs.timeoutShare,
        logs.timeoutShareYesterday,
        logs.gaveUpShare,
        logs.gaveUpShareYesterday,
      ],
      unit: unit.ratio,
      thresholds: thresholds.abortShare,
      shows: 'Shares of the responses, and the same a day before (darker).',
      bad: 'three times the share of the day before. After a change of a timeout, go back one step.',
      colors: abortColors,
    }),
    curves({
      title: 'P99 in the log, and duration of polls',
      queries: [logs.p99ByTarget, status.fetchSeconds],
      width: 24,
      unit: unit.seconds,
      thresholds: thresholds.none,
      shows:
        'The log does not contain the time a request waits for a worker; the poll of the status page does.',
      bad: 'the status page slower than the log: requests wait for a worker.',
      links: [toItsServer],
    }),
  ],
  details: [
    {
      title: 'Distribution and upstreams',
      panels: [
        heatmapPanel({
          title: 'Request duration',
          shows: 'Number of requests by duration, over time.',
          bad: 'a second band above the usual one: one kind of request is slow.',
          unit: unit.seconds,
          thresholds: thresholds.none,
          noValue: 'the log format has no duration',
          queries: [logs.durationHeatmap],
          width: 24,
        }),
        curves({
          title: 'Upstream: connect',
          queries: [logs.upstreamConnect],
          unit: unit.seconds,
          thresholds: thresholds.none,
          shows: '95th percentile of the time to connect to an upstream.',
          bad: 'over some milliseconds. Reuse the connections to the upstream.',
        }),
        curves({
          title: 'Upstream: response',
          queries: [logs.upstreamResponse],
          unit: unit.seconds,
          thresholds: thresholds.none,
          shows: '95th percentile of the response time of upstreams.',
          bad: 'as high as the request duration: the upstream is slow, not the server.',
        }),
      ],
    },
    {
      title: 'Requests in detail',
      panels: [
        curves({
          title: 'Methods',
          queries: [logs.byMethod],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'Responses per second by method.',
          bad: 'a rise of other: scanners.',
        }),
        curves({
          title: 'Protocols',
          queries: [logs.byProtocol],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'Responses per second by protocol.',
          bad: 'HTTP/1.0 that grows: these clients or proxies do not use keep-alive.',
        }),
        curves({
          title: 'Most frequent error codes',
          queries: [logs.topCodes],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'The most frequent status codes from 400 on.',
          bad: '408, 499 or 5xx among them.',
        }),
        curves({
          title: 'Timeouts by stage',
          queries: [logs.timeoutsByStage],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: '408 before a request (connections opened in advance) and during one.',
          bad: 'a rise during requests: slow clients. Limit them, or allow them more time.',
        }),
        curves({
          title: 'Share of connections by number of requests',
          queries: [logs.reachedShare],
          unit: unit.ratio,
          thresholds: thresholds.none,
          shows: 'Share of connections with at least 2, 5, 10, ... requests.',
          bad: 'all lines near 0: keep-alive saves nothing. Shorten the timeout.',
          max: 1,
        }),
        curves({
          title: 'Log bytes not read yet',
          queries: [logs.lag],
          unit: unit.bytes,
          thresholds: thresholds.logLagBytes,
          shows: 'Bytes that the exporter has not read yet.',
          bad: 'a rise without end: the exporter is too slow for the log.',
          links: [drillDown('exporter', 'Exporter')],
        }),
      ],
    },
  ],
});
