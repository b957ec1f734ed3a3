import type { ExchangeOutcome, KeepaliveFacts } from '../snapshot/keepalive-facts.ts';
import type {
  FindingSeverity,
  KeepaliveFinding,
  KeepaliveReport,
} from '../snapshot/keepalive-report.ts';
import { adviseNoAnswer } from './no-answer-advice.ts';

type Measured = Omit<KeepaliveReport, 'findings'>;

interface Rule {
  readonly id: string;
  readonly severity: FindingSeverity;
  /** Depends on the facts only where the cause does. */
  readonly advice: string | ((facts: KeepaliveFacts) => string);
  /** The finding as text; undefined when there is none, or when it is not known. */
  readonly find: (report: Measured, facts: KeepaliveFacts) => string | undefined;
}

/**
 * Tolerated difference between a timeout and the promise, or between two timeouts: servers check their timers at
 * intervals.
 */
const toleratedSeconds = 0.5;

const checkOtherPage = 'check a page that answers 200: servers close connections after some errors';

function firstStatus([first]: KeepaliveFacts['connections']): number | undefined {
  const outcome = first?.exchanges[0]?.outcome;
  return outcome?.kind === 'answered' ? outcome.status : undefined;
}

/** Every finding of `check-keepalive` about one URL. docs/check-keepalive.md explains each. */
export const keepaliveRules: readonly Rule[] = [
  {
    id: 'no-answer',
    severity: 'error',
    advice: ({ failure, url }) => (failure === undefined ? '' : adviseNoAnswer(failure, url)),
    find: ({ failure }, { stopped }) => (stopped ? undefined : failure),
  },
  {
    id: 'stopped',
    severity: 'warning',
    advice: 'run the check again and wait until it ends',
    find: (_, { stopped }) =>
      stopped ? 'the check was stopped early: some measurements are missing' : undefined,
  },
  {
    id: 'further-connections-fail',
    severity: 'warning',
    advice:
      'check whether the server is full or limits connections per client; try --connections=1',
    find: (_, { connections, refused, failure, stopped }) => {
      const silent = connections.filter(({ exchanges: [first] }) => {
        const kind = first?.outcome.kind;
        return kind !== undefined && kind !== 'answered';
      }).length;
      const failed = silent + refused.length;
      return failed > 0 && failure === undefined && !stopped
        ? `the first connection was served, but ${failed} of the others ${failed === 1 ? 'was' : 'were'} not`
        : undefined;
    },
  },
  {
    id: 'error-status',
    severity: 'warning',
    // Both servers answer 400 to http on a port for https.
    advice: ({ url, connections }) =>
      url.startsWith('http:') && firstStatus(connections) === 400
        ? `check whether this port wants https. If not, ${checkOtherPage}`
        : checkOtherPage,
    find: ({ status }) =>
      status !== undefined && status >= 400 ? `the page answers with status ${status}` : undefined,
  },
  {
    id: 'not-reused',
    severity: 'warning',
    advice: 'turn keep-alive on: KeepAlive On (Apache), keepalive_timeout above 0 (nginx)',
    // After an error a server may close although keep-alive is on.
    find: ({ reuse, status = 200 }) =>
      reuse.http11 === 'closed' && status < 400
        ? 'HTTP/1.1 connections end after one request'
        : undefined,
  },
  {
    id: 'not-reused-without-header',
    severity: 'warning',
    advice: 'look for a proxy or a rule that treats a missing Connection header as close',
    find: ({ reuse }) =>
      reuse.http11 === 'reused' && reuse.http11WithoutHeader === 'closed'
        ? 'HTTP/1.1 connections are reused only with "Connection: keep-alive", though 1.1 keeps them by default'
        : undefined,
  },
  {
    id: 'reused-request-fails',
    severity: 'warning',
    advice:
      'check the error log of the server: a browser must send such a request again, or shows an error',
    find: (_, { connections }) => {
      const exchanges = connections.find(({ role }) => role === 'requests')?.exchanges ?? [];
      const failed = exchanges.findIndex(({ outcome }, index) => index > 0 && isBroken(outcome));
      return failed === -1
        ? undefined
        : `request ${failed + 1} on a connection got no complete answer (${exchanges[failed]?.outcome.kind})`;
    },
  },
  {
    id: 'http2-not-reused',
    severity: 'warning',
    advice: 'check the error log: an HTTP/2 connection should carry all requests',
    find: ({ reuse }) =>
      reuse.http2 === 'closed' ? 'HTTP/2 connections end after one request' : undefined,
  },
  {
    id: 'idle-shorter-than-promised',
    severity: 'warning',
    advice: 'find what closes earlier: another proxy, or a server that reclaims idle connections',
    find: ({ idle, promised }) => {
      const [measured, timeout] = [idle.idleTimeoutSeconds, promised?.timeoutSeconds];
      return measured !== undefined &&
        timeout !== undefined &&
        measured < timeout - toleratedSeconds
        ? `Keep-Alive promises ${timeout} s, but idle connections end after ${seconds(measured)}`
        : undefined;
    },
  },
  {
    id: 'idle-uneven',
    severity: 'warning',
    advice: 'check whether the server is full: it closes idle connections early to make room',
    find: ({ idle: { shortestSeconds, longestSeconds } }) =>
      shortestSeconds !== undefined &&
      longestSeconds !== undefined &&
      longestSeconds - shortestSeconds > toleratedSeconds
        ? `idle connections end after ${seconds(shortestSeconds)} to ${seconds(longestSeconds)}, not after one timeout`
        : undefined,
  },
  {
    id: 'idle-reset',
    severity: 'warning',
    advice: 'close with FIN: clients report a reset as an error',
    find: ({ idle }) =>
      idle.closedWith === 'reset' ? 'idle connections end with RST, not FIN' : undefined,
  },
  {
    id: 'idle-dropped-silently',
    severity: 'warning',
    advice:
      'find the firewall, NAT or load balancer between, and keep its idle timeout above the server’s',
    find: ({ idle }) =>
      idle.closedWith === 'silent'
        ? `a connection idle for ${seconds(idle.atMostSeconds ?? 0)} no longer answers, although nothing closed it`
        : undefined,
  },
  {
    id: 'fewer-requests-than-promised',
    severity: 'warning',
    advice: 'find what closes earlier: another proxy, or a server that restarts or reclaims',
    find: ({ requests: { requestsPerConnection }, promised }) =>
      requestsPerConnection !== undefined &&
      promised?.requestsLeft !== undefined &&
      requestsPerConnection < promised.requestsLeft
        ? `Keep-Alive promises ${promised.requestsLeft} more requests, but the connection ended after ${requestsPerConnection}`
        : undefined,
  },
  {
    id: 'close-not-announced',
    severity: 'warning',
    advice: 'answer the last request with "Connection: close", so that no client sends another',
    find: ({ requests: { requestsPerConnection, closeAnnounced } }) =>
      closeAnnounced === false
        ? `the connection ended after ${requestsPerConnection} requests without "Connection: close"`
        : undefined,
  },
  {
    id: 'tls-not-resumed',
    severity: 'warning',
    advice:
      'turn on session tickets or a session cache: SSLSessionCache (Apache), ssl_session_cache (nginx)',
    find: ({ tls, failure }, { stopped }) =>
      tls !== undefined && !tls.sessionResumed && failure === undefined && !stopped
        ? 'TLS sessions are not resumed: each new connection costs a whole handshake'
        : undefined,
  },
  {
    id: 'no-http2',
    severity: 'info',
    advice: 'HTTP/2 needs one connection where HTTP/1.1 needs six',
    find: ({ tls, failure }, { stopped }) =>
      tls !== undefined && !tls.http2 && failure === undefined && !stopped
        ? 'HTTP/2 is not offered'
        : undefined,
  },
  {
    id: 'late-request-lost',
    severity: 'info',
    advice: 'a proxy in front must close idle connections sooner than this server does',
    find: ({ idle: { idleTimeoutSeconds, lateRequest } }) =>
      idleTimeoutSeconds !== undefined && lateRequest !== undefined
        ? `a request sent just after the close at ${seconds(idleTimeoutSeconds)} is ${lateRequest === 'reset' ? 'answered with RST' : 'ignored'}`
        : undefined,
  },
];

export function findKeepaliveProblems(
  report: Measured,
  facts: KeepaliveFacts,
): readonly KeepaliveFinding[] {
  return keepaliveRules.flatMap(({ id, severity, advice, find }) => {
    const message = find(report, facts);
    if (message === undefined) return [];
    const text = typeof advice === 'string' ? advice : advice(facts);
    return [{ id, severity, message, advice: text }];
  });
}

/** A close is not a failure here: a limit on requests looks the same. */
function isBroken({ kind }: ExchangeOutcome): boolean {
  return kind === 'timeout' || kind === 'not_http' || kind === 'too_large';
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
