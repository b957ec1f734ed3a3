import { buildDashboard } from './build-dashboard.ts';
import { drillDown, toItsServer } from './links.ts';
import { fullFigure, gaveUpFigure, latencyFigure, reuseFigure } from './panels/common-figures.ts';
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
    fullFigure(status.fullByName),
    figure({
      title: 'Responses',
      query: logs.responseRate,
      unit: unit.requestsPerSecond,
      thresholds: thresholds.none,
      shows: 'Responses logged a second.',
      bad: 'a sudden fall.',
    }),
    figure({
      title: 'Failed (5xx)',
      query: logs.serverErrorShare,
      unit: unit.ratio,
      thresholds: thresholds.errorShare,
      shows: 'Share of responses 5xx.',
      bad: 'over 1 %.',
    }),
    gaveUpFigure(logs.abortShare, {
      bad: 'over 5 %.',
    }),
    latencyFigure(logs.p99),
    reuseFigure(logs.requestsPerConnection),
    curves({
      title: 'Latency',
      queries: [logs.p50, logs.p95, logs.p99],
      unit: unit.seconds,
      thresholds: thresholds.none,
      shows: 'Quantiles of the request duration.',
      bad: 'P99 away from P50: some visitors wait.',
      colors: { P50: quantileColors.p50, P95: quantileColors.p95, P99: quantileColors.p99 },
    }),
    curves({
      title: 'Errors',
      queries: [logs.serverErrorShare, logs.timeoutShare, logs.gaveUpShare],
      unit: unit.ratio,
      thresholds: thresholds.none,
      shows: 'Shares of the responses.',
      bad: '5xx: the application. 408: slow clients. 499: they gave up.',
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
      shows: 'Responses a second by class of status code.',
      bad: 'red or orange that grows.',
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
      shows: 'Shares beside their own baseline (darker).',
      bad: 'three times the baseline.',
      colors: abortColors,
    }),
    curves({
      title: 'Logged P99 beside the status page',
      queries: [logs.p99ByTarget, status.fetchSeconds],
      width: 24,
      unit: unit.seconds,
      thresholds: thresholds.none,
      shows:
        'Logs do not contain the time a request waits for a worker; the fetch of the status page does.',
      bad: 'the status page slower than the log: queueing.',
      links: [toItsServer],
    }),
  ],
  details: [
    {
      title: 'Distribution and upstreams',
      panels: [
        heatmapPanel({
          title: 'Request duration',
          shows: 'Requests by duration over time.',
          bad: 'a second band above the usual one.',
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
          shows: 'P95 of the time to connect.',
          bad: 'over some milliseconds.',
        }),
        curves({
          title: 'Upstream: response',
          queries: [logs.upstreamResponse],
          unit: unit.seconds,
          thresholds: thresholds.none,
          shows: 'P95 of the time upstreams took.',
          bad: 'as high as the request duration: it is the upstream.',
        }),
      ],
    },
    {
      title: 'Who and what',
      panels: [
        curves({
          title: 'Methods',
          queries: [logs.byMethod],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'Responses by method.',
          bad: 'a rise of other.',
        }),
        curves({
          title: 'Protocols',
          queries: [logs.byProtocol],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'Responses by protocol.',
          bad: 'HTTP/1.0 that grows: no keep-alive.',
        }),
        curves({
          title: 'Most frequent codes',
          queries: [logs.topCodes],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'The codes sent most.',
          bad: '408, 499 or 5xx among them.',
        }),
        curves({
          title: 'Timeouts by stage',
          queries: [logs.timeoutsByStage],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: '408 before a request (connections opened in advance) and in one.',
          bad: 'request rises: slow clients.',
        }),
        curves({
          title: 'Connections that reach so many requests',
          queries: [logs.reachedShare],
          unit: unit.ratio,
          thresholds: thresholds.none,
          shows: 'Share of connections with at least 2, 5, 10, ... requests.',
          bad: 'all lines near 0: keep-alive brings nothing.',
          max: 1,
        }),
        curves({
          title: 'Log bytes not read yet',
          queries: [logs.lag],
          unit: unit.bytes,
          thresholds: thresholds.logLagBytes,
          shows: 'Bytes not read yet.',
          bad: 'a rise without end.',
          links: [drillDown('exporter', 'Exporter')],
        }),
      ],
    },
  ],
});
