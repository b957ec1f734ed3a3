import { describe, expect, test } from 'vitest';
import { findKeepaliveProblems, keepaliveRules } from '../../src/derive/keepalive-findings.ts';
import { deriveKeepaliveReport } from '../../src/derive/keepalive-report.ts';
import type {
  ConnectionFacts,
  ExchangeOutcome,
  KeepaliveFacts,
} from '../../src/snapshot/keepalive-facts.ts';
import type { KeepaliveReport, Reuse, ReuseCase } from '../../src/snapshot/keepalive-report.ts';

const facts: KeepaliveFacts = {
  url: 'http://a/',
  connections: [],
  refused: [],
  limits: { maxWaitSeconds: 10, maxRequests: 100, waiting: 4, timeoutSeconds: 5 },
  startedAt: 0,
  endedAt: 10,
  stopped: false,
};
const nothing = deriveKeepaliveReport(facts);

function connection(...outcomes: readonly ExchangeOutcome['kind'][]): ConnectionFacts {
  const exchanges = outcomes.map((kind) => ({ sentAt: 0, endedAt: 0, outcome: outcomeOf(kind) }));
  return { role: 'requests', dialled: { connectSeconds: 0.02 }, exchanges };
}

function outcomeOf(kind: ExchangeOutcome['kind']): ExchangeOutcome {
  if (kind === 'answered') return { kind, status: 200, persists: true };
  return kind === 'not_http' || kind === 'too_large' ? { kind, detail: '' } : { kind };
}

type Part = Partial<Omit<KeepaliveReport, 'idle' | 'reuse'>> & {
  readonly idle?: Partial<KeepaliveReport['idle']>;
  readonly reuse?: Partial<Readonly<Record<ReuseCase, Reuse>>>;
};

const findingsOf = ({ idle, reuse, ...part }: Part, more: Partial<KeepaliveFacts> = {}) =>
  findKeepaliveProblems(
    {
      ...nothing,
      ...part,
      idle: { ...nothing.idle, ...idle },
      reuse: { ...nothing.reuse, ...reuse },
    },
    { ...facts, ...more },
  ).map(({ id, severity, message }) => `${severity} ${id}: ${message}`);

const tls = { version: 'TLSv1.3', sessionResumed: true, http2: true };

describe('findKeepaliveProblems()', () => {
  test.each<readonly [string, Part, Partial<KeepaliveFacts>]>([
    ['error no-answer: refused by a', { failure: 'refused by a' }, {}],
    [
      'warning stopped: the check was stopped early: some measurements are missing',
      { failure: 'stopped', tls: { ...tls, sessionResumed: false, http2: false } },
      { stopped: true, refused: ['full'] },
    ],
    [
      'warning further-connections-fail: the first connection was served, but 1 of the others was not',
      {},
      { connections: [connection('answered'), connection('reset')] },
    ],
    [
      'warning further-connections-fail: the first connection was served, but 3 of the others were not',
      {},
      { connections: [connection('timeout'), connection()], refused: ['full', 'full'] },
    ],
    ['warning error-status: the page answers with status 400', { status: 400 }, {}],
    [
      'warning not-reused: HTTP/1.1 connections end after one request',
      { reuse: { http11: 'closed' }, status: 399 },
      {},
    ],
    [
      'warning not-reused-without-header: HTTP/1.1 connections are reused only with "Connection: keep-alive", though 1.1 keeps them by default',
      { reuse: { http11: 'reused', http11WithoutHeader: 'closed' } },
      {},
    ],
    [
      'warning reused-request-fails: request 3 on a connection got no complete answer (too_large)',
      {},
      { connections: [connection('answered', 'answered', 'too_large')] },
    ],
    [
      'warning http2-not-reused: HTTP/2 connections end after one request',
      { reuse: { http2: 'closed' } },
      {},
    ],
    [
      'warning idle-shorter-than-promised: Keep-Alive promises 5 s, but idle connections end after 4.5 s',
      { idle: { idleTimeoutSeconds: 4.49 }, promised: { timeoutSeconds: 5 } },
      {},
    ],
    [
      'warning idle-uneven: idle connections end after 1.0 s to 1.8 s, not after one timeout',
      { idle: { shortestSeconds: 1, longestSeconds: 1.75 } },
      {},
    ],
    [
      'warning idle-reset: idle connections end with RST, not FIN',
      { idle: { closedWith: 'reset' } },
      {},
    ],
    [
      'warning idle-dropped-silently: a connection idle for 7.0 s no longer answers, although nothing closed it',
      { idle: { closedWith: 'silent', atMostSeconds: 7 } },
      {},
    ],
    [
      'warning fewer-requests-than-promised: Keep-Alive promises 99 more requests, but the connection ended after 98',
      { requests: { requestsPerConnection: 98 }, promised: { requestsLeft: 99 } },
      {},
    ],
    [
      'warning close-not-announced: the connection ended after 98 requests without "Connection: close"',
      { requests: { requestsPerConnection: 98, closeAnnounced: false } },
      {},
    ],
    [
      'warning tls-not-resumed: TLS sessions are not resumed: each new connection costs a whole handshake',
      { tls: { ...tls, sessionResumed: false } },
      {},
    ],
    ['info no-http2: HTTP/2 is not offered', { tls: { ...tls, http2: false } }, {}],
    [
      'info late-request-lost: a request sent just after the close at 5.0 s is answered with RST',
      { idle: { idleTimeoutSeconds: 5, lateRequest: 'reset' } },
      {},
    ],
    [
      'info late-request-lost: a request sent just after the close at 5.0 s is ignored',
      { idle: { idleTimeoutSeconds: 5, lateRequest: 'ignored' } },
      {},
    ],
  ])('%s', (expected, part, more) => {
    expect(findingsOf(part, more)).toEqual([expected]);
  });

  test.each<readonly [string, Part, Partial<KeepaliveFacts>]>([
    ['a status below 400', { status: 399 }, {}],
    ['a close after an error, beside the error', { reuse: { http11: 'unknown' } }, {}],
    ['a first request without an answer', {}, { stopped: false, connections: [connection()] }],
    [
      'a timeout half a second below the promise, as servers check their timers at intervals',
      { idle: { idleTimeoutSeconds: 4.5 }, promised: { timeoutSeconds: 5 } },
      {},
    ],
    ['timeouts half a second apart', { idle: { shortestSeconds: 5, longestSeconds: 5.5 } }, {}],
    [
      'as many requests as promised',
      { requests: { requestsPerConnection: 99 }, promised: { requestsLeft: 99 } },
      {},
    ],
    ['resumed TLS with HTTP/2', { tls }, {}],
    [
      'a later connection that the server closes: its limit on requests looks the same',
      {},
      { connections: [connection('answered', 'closed')] },
    ],
    ['a promise without a measurement', { promised: { timeoutSeconds: 5, requestsLeft: 9 } }, {}],
  ])('finds no problem in %s', (_, part, more) => {
    expect(findingsOf(part, more)).toEqual([]);
  });

  test('after a failure says nothing of what was not measured', () => {
    const unmeasured = { ...tls, sessionResumed: false, http2: false };
    const failure = { kind: 'connect', result: 'refused', message: 'full' } as const;
    expect(
      findingsOf({ failure: 'full', tls: unmeasured }, { failure, refused: ['full'] }),
    ).toEqual(['error no-answer: full']);
  });

  test.each(keepaliveRules)('the rule $id has an advice', ({ advice }) => {
    const failure = { kind: 'connect', result: 'refused', message: 'refused by a' } as const;
    const text = typeof advice === 'string' ? advice : advice({ ...facts, failure });
    expect(text).toMatch(/\w+ \w+/);
  });
});
