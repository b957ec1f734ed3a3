import { connectionThresholds, countByClass, listResponses } from '../derive/log-fold.ts';
import type { Histogram } from '../snapshot/histogram.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import { checkedFields, type Meaning } from '../snapshot/log-record.ts';
import type { SourceStats } from '../snapshot/log-source.ts';
import type { LoggedTarget } from '../snapshot/target-view.ts';
import { type Family, family, type Sample } from './family.ts';
import { observedSamples } from './histogram-samples.ts';
import { known, labelsOf, type TargetLabel, targetLabels } from './target-samples.ts';

/** Counted from access logs; docs/log-formats.md says which field each needs. */
export const accessLogFamilies: readonly Family<LoggedTarget>[] = [
  family({
    name: 'webserver_log_responses_total',
    type: 'counter',
    help: 'Responses logged. The label vhost exists only with an allow-list (access_logs.vhosts).',
    labels: [...targetLabels, 'method', 'code', 'protocol', 'vhost'],
    source: 'Access log: status and request.',
    samples: (view: LoggedTarget) => responses(view),
  }),
  family({
    name: 'webserver_log_responses_by_class_total',
    type: 'counter',
    help: 'Responses logged, by class; every class from the first scrape on, so that the first failures are an increase.',
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
    help: 'Time from the first byte of a request to the end of its response; waiting for a worker is not part of it.',
    source: 'Access log: $request_time; %D, %T.',
    read: ({ requestDuration }) => requestDuration,
  }),
  histogramFamily({
    name: 'webserver_log_upstream_connect_seconds',
    help: 'Time to connect to upstreams, all tries of a request together.',
    source: 'Access log: $upstream_connect_time.',
    read: ({ upstreamConnect }) => upstreamConnect,
  }),
  histogramFamily({
    name: 'webserver_log_upstream_response_seconds',
    help: 'Time upstreams took, all tries of a request together.',
    source: 'Access log: $upstream_response_time.',
    read: ({ upstreamResponse }) => upstreamResponse,
  }),
  counterOfCounts({
    name: 'webserver_log_response_bytes_total',
    help: 'Bytes sent, as logged.',
    source: 'Access log: $bytes_sent; %O, else the body: $body_bytes_sent; %B, %b.',
    needs: 'bytes',
    read: ({ responseBytes }) => responseBytes,
  }),
  counterOfCounts({
    name: 'webserver_log_client_aborts_total',
    help: 'Requests whose client went away before the response.',
    source: 'Access log: status 499 (nginx); %X = X (Apache).',
    needs: 'aborted',
    read: ({ clientAborts }) => clientAborts,
  }),
  family({
    name: 'webserver_log_request_timeouts_total',
    type: 'counter',
    help: 'Responses 408: before_request for connections that never sent one, request for slow ones.',
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
    help: 'Connections that made at least so many requests: how well keep-alive is used.',
    labels: [...targetLabels, 'requests'],
    source:
      'Access log: $connection_requests; %k + 1. Line number k of a connection is it reaching k.',
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
    help: 'Lines read, by whether they follow the format; without those of webserver_log_own_requests_total.',
    labels: [...targetLabels, 'result'],
    source: 'The log reader.',
    samples: (view: LoggedTarget) =>
      fromCounts(view, undefined, ({ linesParsed, linesUnparsed }) => [
        { labels: { ...labelsOf(view), result: 'parsed' }, value: linesParsed },
        { labels: { ...labelsOf(view), result: 'unparsed' }, value: linesUnparsed },
      ]),
  }),
  family({
    name: 'webserver_log_bad_fields_total',
    type: 'counter',
    help: 'Lines whose field could not be read: that figure lacks them, the others do not.',
    labels: [...targetLabels, 'field'],
    source: 'The log reader.',
    samples: (view: LoggedTarget) =>
      fromCounts(view, undefined, ({ badFields }) =>
        checkedFields.map((field, index) => ({
          labels: { ...labelsOf(view), field },
          value: badFields[index] ?? 0,
        })),
      ),
  }),
  counterOfCounts({
    name: 'webserver_log_own_requests_total',
    help: 'Requests of the exporter itself that the server logged; they are in no other figure.',
    source: 'Access log: user agent, path and client address, all three.',
    needs: 'own',
    read: ({ ownRequests }) => ownRequests,
  }),
  family({
    name: 'webserver_log_last_line_timestamp_seconds',
    type: 'gauge',
    help: 'Unix time that the newest line bears.',
    labels: targetLabels,
    source: 'Access log: $msec, $time_local, $time_iso8601; %t.',
    samples: (view: LoggedTarget) =>
      known(labelsOf(view), view.logs?.access?.lastLineSeconds ?? undefined),
  }),
  family({
    name: 'webserver_log_source_up',
    type: 'gauge',
    help: 'Whether the source is being read; with 0 the reason says why not, and the log of the exporter what to do.',
    labels: [...targetLabels, 'source', 'reason'],
    source: 'The log reader.',
    samples: (view: LoggedTarget) =>
      (view.logs?.sources ?? []).map(({ source, condition: { reason } }) => ({
        labels: { ...labelsOf(view), source, reason },
        value: reason === 'reading' ? 1 : 0,
      })),
  }),
  sourceCounter({
    name: 'webserver_log_read_bytes_total',
    help: 'Bytes read from the source.',
    read: ({ readBytes }) => readBytes,
  }),
  sourceCounter({
    name: 'webserver_log_skipped_bytes_total',
    help: 'Bytes known to be lost: must stay 0.',
    read: ({ skippedBytes }) => skippedBytes,
  }),
  sourceCounter({
    name: 'webserver_log_too_long_lines_total',
    help: 'Lines over 1 MiB, which are passed over.',
    read: ({ tooLongLines }) => tooLongLines,
  }),
  sourceCounter({
    name: 'webserver_log_rotations_total',
    help: 'Times the source was rotated, truncated or created anew.',
    read: ({ rotations }) => rotations,
  }),
  sourceCounter({
    name: 'webserver_log_dropped_datagrams_total',
    help: 'Syslog datagrams the kernel dropped at our socket; received and dropped make what was sent.',
    read: ({ droppedDatagrams }) => droppedDatagrams,
  }),
  family({
    name: 'webserver_log_lag_bytes',
    type: 'gauge',
    help: 'Bytes in the source that are not read yet.',
    labels: [...targetLabels, 'source'],
    source: 'The log reader.',
    samples: (view: LoggedTarget) =>
      (view.logs?.sources ?? []).map(({ source, stats }) => ({
        labels: { ...labelsOf(view), source },
        value: stats.lagBytes,
      })),
  }),
];

export const errorLogFamilies: readonly Family<LoggedTarget>[] = [
  family({
    name: 'webserver_error_log_events_total',
    type: 'counter',
    help: 'What the error log says about slots; docs/error-log.md explains each event.',
    labels: [...targetLabels, 'event'],
    source: 'Error log.',
    samples: (view: LoggedTarget) =>
      Object.entries(view.logs?.errorEvents ?? {}).map(([event, value]) => ({
        labels: { ...labelsOf(view), event },
        value,
      })),
  }),
];

/** Samples of the counts, when a log has the field that they are counted from. */
function fromCounts<L extends string>(
  view: LoggedTarget,
  needs: Meaning | undefined,
  read: (counts: LogCounts) => readonly Sample<L>[],
): readonly Sample<L>[] {
  const counts = view.logs?.access;
  const isCounted = needs === undefined || view.logs?.fields.has(needs) === true;
  return counts === undefined || !isCounted ? [] : read(counts);
}

type ResponseLabel = TargetLabel | 'method' | 'code' | 'protocol' | 'vhost';

function* responses(view: LoggedTarget): Generator<Sample<ResponseLabel>> {
  const counts = view.logs?.access;
  if (counts === undefined) return;
  for (const { count, ...labels } of listResponses(counts)) {
    // Without an allow-list there is no label vhost: prom-client and Prometheus take an empty one as none.
    const { vhost, ...others } = labels;
    const named = { ...labelsOf(view), ...others };
    yield {
      labels: (vhost === undefined ? named : { ...named, vhost }) as Record<ResponseLabel, string>,
      value: count,
    };
  }
}

interface CountsRow<T> {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly read: (counts: LogCounts) => T;
}

function counterOfCounts({
  read,
  needs,
  ...row
}: CountsRow<number> & { readonly needs: Meaning }): Family<LoggedTarget> {
  return family({
    ...row,
    type: 'counter',
    labels: targetLabels,
    samples: (view: LoggedTarget) =>
      fromCounts(view, needs, (counts) => [{ labels: labelsOf(view), value: read(counts) }]),
  });
}

/** A histogram without observations is absent: the format lacks its field, or nothing happened yet. */
function histogramFamily({ read, ...row }: CountsRow<Histogram>): Family<LoggedTarget> {
  return family({
    ...row,
    type: 'histogram',
    labels: targetLabels,
    samples: (view: LoggedTarget) =>
      fromCounts(view, undefined, (counts) => [...observedSamples(labelsOf(view), read(counts))]),
  });
}

interface SourceRow {
  readonly name: string;
  readonly help: string;
  readonly read: (stats: SourceStats) => number | undefined;
}

function sourceCounter({ read, ...row }: SourceRow): Family<LoggedTarget> {
  return family({
    ...row,
    type: 'counter',
    labels: [...targetLabels, 'source'],
    source: 'The log reader.',
    samples: (view: LoggedTarget) =>
      (view.logs?.sources ?? []).flatMap(({ source, stats }) =>
        known({ ...labelsOf(view), source }, read(stats)),
      ),
  });
}
