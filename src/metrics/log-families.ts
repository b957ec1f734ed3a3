import { connectionThresholds, countByClass, listResponses } from '../derive/log-fold.ts';
import type { Histogram } from '../snapshot/histogram.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import { checkedFields, type Meaning } from '../snapshot/log-record.ts';
import type { LoggedTarget } from '../snapshot/target-view.ts';
import { type Family, family, type Sample } from './family.ts';
import { figures, ofTarget } from './figures.ts';
import { observedSamples } from './histogram-samples.ts';
import { labelsOf, type TargetLabel, targetLabels } from './target-samples.ts';

const logReader = 'The log reader.';

const sourceFigure = figures({
  labels: [...targetLabels, 'source'],
  series: (view: LoggedTarget) =>
    (view.logs?.sources ?? []).map(({ source, stats }) => ({
      labels: { ...labelsOf(view), source },
      part: stats,
    })),
});

const lastLine = figures(ofTarget((view: LoggedTarget) => view.logs?.access));

/** A figure that exists only if a log format contains the field it is counted from. */
function countedFrom(needs: Meaning) {
  return figures(ofTarget((view: LoggedTarget) => countsOf(view, needs)));
}

/** Counted from access logs; docs/log-formats.md lists the fields that each family needs. */
export const accessLogFamilies: readonly Family<LoggedTarget>[] = [
  family({
    name: 'webserver_log_responses_total',
    type: 'counter',
    help: 'Responses in the access log. The label vhost exists only with an allow-list (access_logs.vhosts).',
    labels: [...targetLabels, 'method', 'code', 'protocol', 'vhost'],
    source: 'Access log: status and request.',
    samples: (view: LoggedTarget) => responses(view),
  }),
  family({
    name: 'webserver_log_responses_by_class_total',
    type: 'counter',
    help: 'Responses in the access log, by class. Every class exists from the first scrape, so that rate() counts the first failures.',
    labels: [...targetLabels, 'class'],
    source: 'Access log: status.',
    samples: (view: LoggedTarget) =>
      fromCounts(view, 'status', (counts) =>
        [...countByClass(counts)].map(([name, value]) => ({
          labels: { ...labelsOf(view), class: name },
          value,
        })),
      ),
  }),
  histogramFamily({
    name: 'webserver_log_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its response, without the time it waited for a worker.',
    source: 'Access log: $request_time; %D, %T.',
    read: ({ requestDuration }) => requestDuration,
  }),
  histogramFamily({
    name: 'webserver_log_upstream_connect_seconds',
    help: 'Time to connect to upstreams, summed over all attempts of a request.',
    source: 'Access log: $upstream_connect_time.',
    read: ({ upstreamConnect }) => upstreamConnect,
  }),
  histogramFamily({
    name: 'webserver_log_upstream_response_seconds',
    help: 'Response time of upstreams, summed over all attempts of a request.',
    source: 'Access log: $upstream_response_time.',
    read: ({ upstreamResponse }) => upstreamResponse,
  }),
  countedFrom('bytes')({
    name: 'webserver_log_response_bytes_total',
    type: 'counter',
    help: 'Bytes sent, according to the access log.',
    source: 'Access log: $bytes_sent; %O, else the body: $body_bytes_sent; %B, %b.',
    read: ({ responseBytes }) => responseBytes,
  }),
  countedFrom('aborted')({
    name: 'webserver_log_client_aborts_total',
    type: 'counter',
    help: 'Requests whose client closed the connection before the response was complete.',
    source: 'Access log: status 499 (nginx); %X = X (Apache).',
    read: ({ clientAborts }) => clientAborts,
  }),
  family({
    name: 'webserver_log_request_timeouts_total',
    type: 'counter',
    help: 'Responses with status 408. Stage before_request: the connection sent no request. Stage request: the request arrived too slowly.',
    labels: [...targetLabels, 'stage'],
    source: 'Access log: status 408; the request line is empty or "-" before a request.',
    samples: (view: LoggedTarget) =>
      fromCounts(view, 'status', ({ timeoutsBeforeRequest, timeoutsInRequest }) => [
        { labels: { ...labelsOf(view), stage: 'before_request' }, value: timeoutsBeforeRequest },
        { labels: { ...labelsOf(view), stage: 'request' }, value: timeoutsInRequest },
      ]),
  }),
  family({
    name: 'webserver_log_connections_reached_total',
    type: 'counter',
    help: 'Connections that served at least this number of requests (label requests). It shows how well keep-alive is used.',
    labels: [...targetLabels, 'requests'],
    source:
      'Access log: $connection_requests; %k + 1. A line with the number k shows that its connection reached k requests.',
    samples: (view: LoggedTarget) =>
      fromCounts(view, 'requestOnConnection', ({ connectionsReached }) =>
        connectionThresholds.map((requests, index) => ({
          labels: { ...labelsOf(view), requests: String(requests) },
          value: connectionsReached[index] ?? 0,
        })),
      ),
  }),
  family({
    name: 'webserver_log_lines_total',
    type: 'counter',
    help: 'Log lines read, by result: parsed, or unparsed if the line does not match the format. The lines of webserver_log_own_requests_total do not count.',
    labels: [...targetLabels, 'result'],
    source: logReader,
    samples: (view: LoggedTarget) =>
      fromCounts(view, undefined, ({ linesParsed, linesUnparsed }) => [
        { labels: { ...labelsOf(view), result: 'parsed' }, value: linesParsed },
        { labels: { ...labelsOf(view), result: 'unparsed' }, value: linesUnparsed },
      ]),
  }),
  family({
    name: 'webserver_log_bad_fields_total',
    type: 'counter',
    help: 'Log lines with a malformed field, by field. Such a line is missing only from the figures that need the field.',
    labels: [...targetLabels, 'field'],
    source: logReader,
    samples: (view: LoggedTarget) =>
      fromCounts(view, undefined, ({ badFields }) =>
        checkedFields.map((field, index) => ({
          labels: { ...labelsOf(view), field },
          value: badFields[index] ?? 0,
        })),
      ),
  }),
  countedFrom('own')({
    name: 'webserver_log_own_requests_total',
    type: 'counter',
    help: 'Requests of the exporter itself in the access log. No other figure includes them.',
    source: 'Access log: user agent, path and client address must all match.',
    read: ({ ownRequests }) => ownRequests,
  }),
  lastLine({
    name: 'webserver_log_last_line_timestamp_seconds',
    help: 'Unix time in the newest log line. Absent if the format has no time.',
    source: 'Access log: $msec, $time_local, $time_iso8601; %t.',
    read: ({ lastLineSeconds }) => lastLineSeconds ?? undefined,
  }),
  family({
    name: 'webserver_log_source_up',
    type: 'gauge',
    help: 'Whether the source is being read (1). If it is 0, the label reason names the cause, and the log of the exporter the remedy.',
    labels: [...targetLabels, 'source', 'reason'],
    source: logReader,
    samples: (view: LoggedTarget) =>
      (view.logs?.sources ?? []).map(({ source, condition: { reason } }) => ({
        labels: { ...labelsOf(view), source, reason },
        value: reason === 'reading' ? 1 : 0,
      })),
  }),
  sourceFigure({
    name: 'webserver_log_read_bytes_total',
    type: 'counter',
    help: 'Bytes read from the source.',
    source: logReader,
    read: ({ readBytes }) => readBytes,
  }),
  sourceFigure({
    name: 'webserver_log_skipped_bytes_total',
    type: 'counter',
    help: 'Bytes of the source that are known to be lost. Must stay 0.',
    source: logReader,
    read: ({ skippedBytes }) => skippedBytes,
  }),
  sourceFigure({
    name: 'webserver_log_too_long_lines_total',
    type: 'counter',
    help: 'Lines longer than 1 MiB, which are skipped.',
    source: logReader,
    read: ({ tooLongLines }) => tooLongLines,
  }),
  sourceFigure({
    name: 'webserver_log_rotations_total',
    type: 'counter',
    help: 'Times the source was rotated, truncated or created again.',
    source: logReader,
    read: ({ rotations }) => rotations,
  }),
  sourceFigure({
    name: 'webserver_log_dropped_datagrams_total',
    type: 'counter',
    help: 'Syslog datagrams that the kernel dropped at the socket of the exporter. The datagrams sent are those received plus those dropped.',
    source: logReader,
    read: ({ droppedDatagrams }) => droppedDatagrams,
  }),
  sourceFigure({
    name: 'webserver_log_lag_bytes',
    help: 'Bytes of the source that are not read yet.',
    source: logReader,
    read: ({ lagBytes }) => lagBytes,
  }),
];

export const errorLogFamilies: readonly Family<LoggedTarget>[] = [
  family({
    name: 'webserver_error_log_events_total',
    type: 'counter',
    help: 'Messages about slots in the error log, by event; docs/error-log.md explains each event.',
    labels: [...targetLabels, 'event'],
    source: 'Error log.',
    samples: (view: LoggedTarget) =>
      Object.entries(view.logs?.errorEvents ?? {}).map(([event, value]) => ({
        labels: { ...labelsOf(view), event },
        value,
      })),
  }),
];

/** The counts; undefined while they are unknown, or if no log format contains the field they come from. */
function countsOf({ logs }: LoggedTarget, needs: Meaning | undefined): LogCounts | undefined {
  const isLogged = needs === undefined || logs?.fields.has(needs) === true;
  return isLogged ? logs?.access : undefined;
}

function fromCounts<L extends string>(
  view: LoggedTarget,
  needs: Meaning | undefined,
  read: (counts: LogCounts) => readonly Sample<L>[],
): readonly Sample<L>[] {
  const counts = countsOf(view, needs);
  return counts === undefined ? [] : read(counts);
}

type ResponseLabel = TargetLabel | 'method' | 'code' | 'protocol' | 'vhost';

function* responses(view: LoggedTarget): Generator<Sample<ResponseLabel>> {
  const counts = view.logs?.access;
  if (counts === undefined) return;
  for (const { count, ...labels } of listResponses(counts)) {
    // Without an allow-list there is no label vhost; for Prometheus an empty label is the same as no label.
    const { vhost, ...others } = labels;
    const named = { ...labelsOf(view), ...others };
    yield {
      labels: (vhost === undefined ? named : { ...named, vhost }) as Record<ResponseLabel, string>,
      value: count,
    };
  }
}

interface HistogramRow {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly read: (counts: LogCounts) => Histogram;
}

/** A histogram without observations is absent: the format lacks its field, or nothing happened yet. */
function histogramFamily({ read, ...row }: HistogramRow): Family<LoggedTarget> {
  return family({
    ...row,
    type: 'histogram',
    labels: targetLabels,
    samples: (view: LoggedTarget) =>
      fromCounts(view, undefined, (counts) => [...observedSamples(labelsOf(view), read(counts))]),
  });
}
