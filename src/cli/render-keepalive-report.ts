import type { ChainReport } from '../derive/compare-links.ts';
import { wrapText } from '../derive/wrap-text.ts';
import type {
  IdleFigures,
  KeepaliveFinding,
  KeepaliveReport,
  Reuse,
  ReuseCase,
} from '../snapshot/keepalive-report.ts';
import { reuseCases } from '../snapshot/keepalive-report.ts';

/** A report as text: one line for each subject, then the findings. */
export function renderKeepaliveReport(report: KeepaliveReport): string {
  const { url, address, failure } = report;
  const subject = address === undefined ? url : `${url} (${address})`;
  const rows = failure === undefined ? rowsOf(report) : [];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) =>
    wrapText(text, { first: `  ${name.padEnd(width)}  `, next: width + 4 }),
  );
  return [subject, ...lines, ...renderFindings(report.findings), ''].join('\n');
}

type Row = readonly [string, string];

function rowsOf(report: KeepaliveReport): readonly Row[] {
  const { requests, limits, idle, cost } = report;
  const { unaskedBytes, http2IdleTimeoutSeconds } = idle;
  return [
    ['reuse', reuseText(report)],
    ['promised', promiseText(report)],
    ['idle timeout', idleText(idle, limits.maxWaitSeconds)],
    ...optional('HTTP/2 idle', http2IdleTimeoutSeconds, (value) => seconds(value)),
    ...optional('late request', idle.lateRequest, (late) =>
      late === 'reset'
        ? 'reset by the server after its FIN'
        : 'ignored by the server after its FIN',
    ),
    ...optional(
      'unrequested',
      unaskedBytes,
      (bytes) => `${bytes} bytes from the server before it closed`,
    ),
    ['requests', requestText(requests, '"Connection: close"')],
    ...optional('HTTP/2 requests', report.http2Requests, (own) => requestText(own, 'GOAWAY')),
    ['times', timeText(report)],
    ...optional('TLS', report.tls, (tls) => {
      const resumed = tls.sessionResumed ? 'sessions are resumed' : 'sessions are not resumed';
      return `${tls.version}, ${resumed}`;
    }),
    [
      'cost',
      `${cost.connections} connections, ${cost.requests} requests, ${cost.durationSeconds.toFixed(1)} s`,
    ],
  ];
}

function optional<T>(name: string, value: T | undefined, text: (value: T) => string): Row[] {
  return value === undefined ? [] : [[name, text(value)]];
}

const caseNames: Readonly<Record<ReuseCase, string>> = {
  http11: 'HTTP/1.1',
  http11WithoutHeader: 'HTTP/1.1 without header',
  http10WithHeader: 'HTTP/1.0 with header',
  http10WithoutHeader: 'HTTP/1.0 without header',
  http2: 'HTTP/2',
};

function reuseText({ reuse }: KeepaliveReport): string {
  const groups = { reused: 'yes', closed: 'no', unknown: '' } satisfies Record<Reuse, string>;
  const texts = Object.entries(groups).flatMap(([kind, word]) => {
    const names = reuseCases.filter((name) => reuse[name] === kind).map((name) => caseNames[name]);
    return names.length === 0 || word === '' ? [] : [`${word}: ${names.join(', ')}`];
  });
  return texts.join('; ');
}

function promiseText({ promised, connectionHeader }: KeepaliveReport): string {
  const connection = connectionHeader === undefined ? 'none' : `"${connectionHeader}"`;
  const parts = [
    ...(promised?.timeoutSeconds === undefined ? [] : [`timeout ${promised.timeoutSeconds} s`]),
    ...(promised?.requestsLeft === undefined ? [] : [`${promised.requestsLeft} more requests`]),
  ];
  const keepAlive = parts.length === 0 ? 'none' : parts.join(', ');
  return `Connection: ${connection}; Keep-Alive: ${keepAlive}`;
}

function idleText(idle: IdleFigures, maxWaitSeconds: number): string {
  const { idleTimeoutSeconds, shortestSeconds, longestSeconds, atLeastSeconds, atMostSeconds } =
    idle;
  if (shortestSeconds !== undefined && longestSeconds !== undefined) {
    const how = idle.closedWith === 'reset' ? 'RST' : 'FIN';
    const spread = `${shortestSeconds.toFixed(2)} to ${longestSeconds.toFixed(2)} s`;
    return `${seconds(idleTimeoutSeconds ?? 0)}; the server closes with ${how} (measured ${idle.measuredConnections} times: ${spread})`;
  }
  if (atMostSeconds !== undefined) {
    const from = atLeastSeconds === undefined ? '' : `${seconds(atLeastSeconds)} to `;
    return `${from}${seconds(atMostSeconds)}; later requests get no answer, although nothing closed the connection`;
  }
  if (atLeastSeconds === undefined) return maxWaitSeconds > 0 ? 'unknown' : 'not measured';
  return `longer than ${seconds(atLeastSeconds)}`;
}

function requestText(
  { requestsPerConnection, moreThanRequests, closeAnnounced }: KeepaliveReport['requests'],
  announcement: string,
): string {
  if (requestsPerConnection !== undefined) {
    const word = closeAnnounced === true ? 'with' : 'without';
    return `${requestsPerConnection} on a connection; it ends ${word} ${announcement}`;
  }
  return moreThanRequests === undefined
    ? 'unknown'
    : `more than ${moreThanRequests} on a connection`;
}

function timeText({ times }: KeepaliveReport): string {
  const parts: readonly (readonly [string, number | undefined])[] = [
    ['connect', times.connectSeconds],
    ['TLS', times.tlsSeconds],
    ['resumed TLS', times.tlsResumedSeconds],
    ['first byte on a new connection', times.firstByteOnNewSeconds],
    ['on a reused one', times.firstByteOnReusedSeconds],
  ];
  return parts
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${milliseconds(value)}`]))
    .join(', ');
}

export function renderChain({ links, findings }: ChainReport): string {
  const words: Readonly<Record<Reuse, string>> = {
    reused: 'can be reused',
    closed: 'is closed after each request',
    unknown: 'unknown',
  };
  const lines = links.map(({ from, to, reuse }) =>
    wrapText(`${from} -> ${to}: ${words[reuse]}`, { first: '  ', next: 6 }),
  );
  return ['chain', ...lines, ...renderFindings(findings), ''].join('\n');
}

function renderFindings(findings: readonly KeepaliveFinding[]): readonly string[] {
  if (findings.length === 0) return ['  no findings'];
  return findings.flatMap(({ id, severity, message, advice }) => [
    wrapText(`${message} [${id}]`, { first: `  ${severity}: `, next: 6 }),
    wrapText(advice, { first: '    ', next: 4 }),
  ]);
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

function milliseconds(value: number): string {
  return `${(value * 1000).toFixed(1)} ms`;
}
