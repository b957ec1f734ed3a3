import {
  findingSeverities,
  type KeepaliveProbe,
  reuseCases,
} from '../snapshot/keepalive-report.ts';
import { type Family, family } from './family.ts';
import { figures } from './figures.ts';
import { keepaliveRequestsLimit, keepaliveTimeout } from './keepalive-settings.ts';
import { known, type TargetLabels, targetLabels } from './target-samples.ts';

const source = 'The probe; only on /probe, of a module with keepalive.';

function labelsOf({ target }: KeepaliveProbe): TargetLabels {
  return { target: target.name, server: target.server };
}

/** In the terms of the configuration, so that the sources can be compared: 0 means off. Servers also close after an error. */
function timeoutOf({ report }: KeepaliveProbe): number | undefined {
  const isOff = report.reuse.http11 === 'closed' && (report.status ?? 0) < 400;
  return isOff ? 0 : report.idle.idleTimeoutSeconds;
}

/** MaxKeepAliveRequests does not count the first request of a connection, but keepalive_requests does. */
function requestLimitOf({ target, report }: KeepaliveProbe): number | undefined {
  const { requestsPerConnection } = report.requests;
  if (requestsPerConnection === undefined || report.reuse.http11 !== 'reused') return undefined;
  return target.server === 'apache' ? requestsPerConnection - 1 : requestsPerConnection;
}

const figure = figures({
  labels: targetLabels,
  series: (probe: KeepaliveProbe) => [{ labels: labelsOf(probe), part: probe.report }],
});

/** Keep-alive as a visitor gets it, measured by /probe. docs/check-keepalive.md explains the measurement. */
export const keepaliveProbeFamilies: readonly Family<KeepaliveProbe>[] = [
  family({
    ...keepaliveTimeout,
    source,
    samples: (probe: KeepaliveProbe) =>
      known({ ...labelsOf(probe), source: 'probe' }, timeoutOf(probe)),
  }),
  family({
    ...keepaliveRequestsLimit,
    source,
    samples: (probe: KeepaliveProbe) =>
      known({ ...labelsOf(probe), source: 'probe' }, requestLimitOf(probe)),
  }),
  figure({
    name: 'webserver_keepalive_promised_timeout_seconds',
    help: 'Timeout in the Keep-Alive header of the response. Absent without that header.',
    source,
    read: ({ promised }) => promised?.timeoutSeconds,
  }),
  family({
    name: 'webserver_keepalive_reused',
    type: 'gauge',
    help: 'Whether the server answers a second request on the same connection (1), by kind of request. Absent when it could not be measured.',
    labels: [...targetLabels, 'request'],
    source,
    samples: (probe: KeepaliveProbe) =>
      reuseCases.flatMap((name) => {
        const reuse = probe.report.reuse[name];
        const value = reuse === 'unknown' ? undefined : Number(reuse === 'reused');
        return known({ ...labelsOf(probe), request: requestLabels[name] }, value);
      }),
  }),
  figure({
    name: 'webserver_probe_connect_seconds',
    help: 'Median time to open a TCP connection.',
    source,
    read: ({ times }) => times.connectSeconds,
  }),
  family({
    name: 'webserver_probe_tls_handshake_seconds',
    type: 'gauge',
    help: 'Median duration of the TLS handshake, for a new and for a resumed session.',
    labels: [...targetLabels, 'session'],
    source,
    samples: (probe: KeepaliveProbe) => [
      ...known({ ...labelsOf(probe), session: 'new' }, probe.report.times.tlsSeconds),
      ...known({ ...labelsOf(probe), session: 'resumed' }, probe.report.times.tlsResumedSeconds),
    ],
  }),
  family({
    name: 'webserver_probe_first_byte_seconds',
    type: 'gauge',
    help: 'Median time to the first byte of the response. On a new connection it includes the time to connect.',
    labels: [...targetLabels, 'connection'],
    source,
    samples: (probe: KeepaliveProbe) => {
      const { firstByteOnNewSeconds, firstByteOnReusedSeconds } = probe.report.times;
      return [
        ...known({ ...labelsOf(probe), connection: 'new' }, firstByteOnNewSeconds),
        ...known({ ...labelsOf(probe), connection: 'reused' }, firstByteOnReusedSeconds),
      ];
    },
  }),
  family({
    name: 'webserver_keepalive_findings',
    type: 'gauge',
    help: 'Number of findings of the keep-alive check, by severity; docs/check-keepalive.md lists them.',
    labels: [...targetLabels, 'severity'],
    source,
    samples: (probe: KeepaliveProbe) =>
      findingSeverities.map((severity) => ({
        labels: { ...labelsOf(probe), severity },
        value: probe.report.findings.filter((finding) => finding.severity === severity).length,
      })),
  }),
];

const requestLabels = {
  http11: 'http11',
  http11WithoutHeader: 'http11_without_header',
  http10WithHeader: 'http10_with_header',
  http10WithoutHeader: 'http10_without_header',
  http2: 'http2',
} as const;
