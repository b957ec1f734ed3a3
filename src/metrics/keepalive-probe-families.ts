import {
  findingSeverities,
  type KeepaliveProbe,
  reuseCases,
} from '../snapshot/keepalive-report.ts';
import { type Family, family } from './family.ts';
import { keepaliveRequestsLimit, keepaliveTimeout } from './keepalive-settings.ts';
import { known, type TargetLabels, targetLabels } from './target-samples.ts';

const source = 'The probe; only on /probe, of a module with keepalive.';

function labelsOf({ target }: KeepaliveProbe): TargetLabels {
  return { target: target.name, server: target.server };
}

/** As the configuration says it, so that the sources can be compared. An error page is closed for other reasons. */
function timeoutOf({ report }: KeepaliveProbe): number | undefined {
  const isOff = report.reuse.http11 === 'closed' && (report.status ?? 0) < 400;
  return isOff ? 0 : report.idle.idleTimeoutSeconds;
}

/** MaxKeepAliveRequests does not count the first request of a connection; keepalive_requests does. */
function requestLimitOf({ target, report }: KeepaliveProbe): number | undefined {
  const { requestsPerConnection } = report.requests;
  if (requestsPerConnection === undefined || report.reuse.http11 !== 'reused') return undefined;
  return target.server === 'apache' ? requestsPerConnection - 1 : requestsPerConnection;
}

/** What a visitor's connections get, measured by /probe. docs/check-keepalive.md says how. */
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
  family({
    name: 'webserver_keepalive_promised_timeout_seconds',
    type: 'gauge',
    help: 'The timeout that the Keep-Alive header of the answer promises.',
    labels: [...targetLabels],
    source,
    samples: (probe: KeepaliveProbe) =>
      known(labelsOf(probe), probe.report.promised?.timeoutSeconds),
  }),
  family({
    name: 'webserver_keepalive_reused',
    type: 'gauge',
    help: 'Whether a second request is answered on the same connection, by how it is asked.',
    labels: [...targetLabels, 'request'],
    source,
    samples: (probe: KeepaliveProbe) =>
      reuseCases.flatMap((name) => {
        const reuse = probe.report.reuse[name];
        const value = reuse === 'unknown' ? undefined : Number(reuse === 'reused');
        return known({ ...labelsOf(probe), request: requestLabels[name] }, value);
      }),
  }),
  family({
    name: 'webserver_probe_connect_seconds',
    type: 'gauge',
    help: 'Time until the TCP connection stands; median.',
    labels: [...targetLabels],
    source,
    samples: (probe: KeepaliveProbe) => known(labelsOf(probe), probe.report.times.connectSeconds),
  }),
  family({
    name: 'webserver_probe_tls_handshake_seconds',
    type: 'gauge',
    help: 'Time of the TLS handshake, with a new and with a resumed session; median.',
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
    help: 'Time to the first byte of the answer: on a new connection, its opening included, and on a reused one; median.',
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
    help: 'Findings of the check; docs/check-keepalive.md lists them.',
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
