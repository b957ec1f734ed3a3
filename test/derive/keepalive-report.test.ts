import { describe, expect, test } from 'vitest';
import { deriveKeepaliveReport } from '../../src/derive/keepalive-report.ts';
import type {
  Answer,
  ConnectionEnd,
  ConnectionFacts,
  Exchange,
  ExchangeOutcome,
  KeepaliveFacts,
  KeepaliveFailure,
} from '../../src/snapshot/keepalive-facts.ts';

const limits = { maxWaitSeconds: 10, maxRequests: 100, waiting: 4, timeoutSeconds: 5 };
const kept: Answer = { kind: 'answered', status: 200, persists: true };
const last: Answer = { ...kept, persists: false, connection: 'close' };

function exchange(sentAt: number, outcome: ExchangeOutcome): Exchange {
  return { sentAt, firstByteAt: sentAt + 0.01, endedAt: sentAt, outcome };
}

function connection(
  role: ConnectionFacts['role'],
  more: Partial<ConnectionFacts>,
): ConnectionFacts {
  return { role, dialled: { connectSeconds: 0.02 }, exchanges: [exchange(0, kept)], ...more };
}

function closedAt(at: number, how: ConnectionEnd['how'] = 'fin') {
  return { end: { at, how, unasked: 0 } };
}

function report(connections: readonly ConnectionFacts[], more: Partial<KeepaliveFacts> = {}) {
  const facts = {
    url: 'http://a/',
    connections,
    refused: [],
    limits,
    startedAt: 0,
    endedAt: 10,
    stopped: false,
  };
  return deriveKeepaliveReport({ ...facts, ...more });
}

const idsOf = (connections: readonly ConnectionFacts[], more: Partial<KeepaliveFacts> = {}) =>
  report(connections, more).findings.map(({ id }) => id);

const requests = (outcomes: readonly ExchangeOutcome[], more: Partial<ConnectionFacts> = {}) =>
  connection('requests', { exchanges: outcomes.map((outcome) => exchange(0, outcome)), ...more });

describe('a check without a first answer', () => {
  test.each<readonly [ExchangeOutcome, string]>([
    [{ kind: 'closed' }, 'the server closed the connection before a complete answer'],
    [{ kind: 'reset' }, 'the server reset the connection before a complete answer'],
    [{ kind: 'timeout' }, 'no complete answer arrived within 5 s'],
    [{ kind: 'stopped' }, 'the check was stopped before the first answer'],
    [{ kind: 'not_http', detail: 'SSH' }, 'this is not HTTP: SSH'],
    [{ kind: 'too_large', detail: 'large' }, 'large; check a smaller page of the same server'],
  ])('reports %j', (outcome, failure) => {
    expect(report([], { failure: { kind: 'first_request', outcome } }).failure).toBe(failure);
  });

  test('reports why the connection failed', () => {
    const failure = { kind: 'connect', result: 'refused', message: 'refused by a' } as const;
    expect(report([], { failure }).failure).toBe('refused by a');
  });
});

describe('cost', () => {
  test('counts connections, requests with those that came too late, and the time', () => {
    const late = { end: { at: 5, how: 'fin', unasked: 0, lateRequest: 'reset' } } as const;
    const { cost } = report([
      requests([kept, kept]),
      connection('wait', late),
      connection('wait', closedAt(5)),
    ]);
    expect(cost).toEqual({ connections: 3, requests: 5, durationSeconds: 10 });
  });
});

describe('idle timeout from late requests', () => {
  const late = (sentAt: number, outcome: ExchangeOutcome) =>
    connection('wait', { exchanges: [exchange(1, kept), exchange(sentAt, outcome)] });

  test('lies between the longest wait that was answered and the shortest that was not', () => {
    const { idle } = report([
      late(3, kept),
      late(5, kept),
      late(8, { kind: 'timeout' }),
      late(9, { kind: 'reset' }),
      late(2, { kind: 'stopped' }),
    ]);
    expect(idle).toEqual({
      measuredConnections: 0,
      atLeastSeconds: 4,
      atMostSeconds: 7,
      closedWith: 'silent',
    });
  });

  test('counts as measured when the two are a quarter of a second apart', () => {
    const between = (lost: number) =>
      report([late(5, kept), late(lost, { kind: 'closed' })]).idle.idleTimeoutSeconds;
    expect(between(5.25)).toBe(4.125);
    expect(between(5.5)).toBeUndefined();
  });

  test('is at least the time that a connection stayed open until the end of the check', () => {
    const open = connection('wait', { exchanges: [exchange(1, kept)] });
    expect(report([open]).idle).toEqual({ measuredConnections: 0, atLeastSeconds: 9 });
    const unkept = connection('wait', { exchanges: [exchange(1, last)] });
    expect(report([unkept]).idle).toEqual({ measuredConnections: 0 });
  });

  test('shows the bytes that a server sent unasked, and what happened to a late request', () => {
    const end = (unasked: number) => ({ at: 5, how: 'reset', unasked }) as const;
    const { idle } = report([
      connection('wait', { end: end(0) }),
      connection('wait', { end: { ...end(40), lateRequest: 'ignored' } }),
    ]);
    expect(idle).toMatchObject({ closedWith: 'reset', unaskedBytes: 40, lateRequest: 'ignored' });
    expect(report([connection('wait', { end: end(0) })]).idle).not.toHaveProperty('unaskedBytes');
  });

  test('of HTTP/2 is the time from the last answer to the end', () => {
    const http2 = connection('http2', {
      exchanges: [exchange(0, kept), exchange(2, kept)],
      ...closedAt(9, 'goaway'),
    });
    expect(report([http2]).idle.http2IdleTimeoutSeconds).toBe(7);
    expect(report([connection('http2', {})]).idle).not.toHaveProperty('http2IdleTimeoutSeconds');
  });
});

describe('idle timeout', () => {
  test('is the median of what the server closed, with its spread', () => {
    const { idle, findings } = report([
      connection('wait', closedAt(5.0)),
      connection('wait', closedAt(5.1)),
      connection('wait', closedAt(5.3)),
    ]);
    expect(idle).toMatchObject({
      idleTimeoutSeconds: 5.1,
      shortestSeconds: 5.0,
      longestSeconds: 5.3,
      measuredConnections: 3,
      closedWith: 'fin',
    });
    expect(findings).toEqual([]);
  });

  test('lies between an answered and a lost late request when nothing closes', () => {
    const late = (at: number, outcome: ExchangeOutcome) =>
      connection('wait', { exchanges: [exchange(0, kept), exchange(at, outcome)] });
    const wide = report([late(2, kept), late(8, { kind: 'timeout' })]);
    expect(wide.idle).toMatchObject({ atLeastSeconds: 2, atMostSeconds: 8, closedWith: 'silent' });
    expect(wide.idle.idleTimeoutSeconds).toBeUndefined();
    const narrow = report([late(4.9, kept), late(5.1, { kind: 'reset' })]);
    expect(narrow.idle.idleTimeoutSeconds).toBeCloseTo(5);
    expect(narrow.findings.map(({ id }) => id)).toEqual(['idle-dropped-silently']);
  });

  test('is only known to be longer when the check ends first', () => {
    const { idle } = report([connection('wait', {})], { endedAt: 3, stopped: true });
    expect(idle).toEqual({ atLeastSeconds: 3, measuredConnections: 0 });
  });

  test.each([
    ['the promise is kept', [5.0], []],
    ['the promise is broken', [3.0], ['idle-shorter-than-promised']],
    ['connections end at different times', [5.0, 9.0], ['idle-uneven']],
  ])('when %s', (_, seconds, expected) => {
    const promised: Answer = { ...kept, promise: { timeoutSeconds: 5 } };
    const waits = seconds.map((at) => connection('wait', closedAt(at)));
    expect(idsOf([requests([promised, kept]), ...waits])).toEqual(expected);
  });

  test('that ends with RST is a finding', () => {
    expect(idsOf([connection('wait', closedAt(5, 'reset'))])).toEqual(['idle-reset']);
  });
});

describe('requests on a connection', () => {
  test.each([
    [
      'ended as announced',
      [kept, kept, last],
      {},
      { requestsPerConnection: 3, closeAnnounced: true },
      [],
    ],
    [
      'ended unannounced',
      [kept, kept, { kind: 'reset' } as const],
      closedAt(1),
      { requestsPerConnection: 2, closeAnnounced: false },
      ['close-not-announced'],
    ],
    ['still open', [kept, kept], {}, { moreThanRequests: 2 }, []],
  ])('%s', (_, outcomes, more, expected, ids) => {
    const made = report([requests(outcomes, more)]);
    expect(made.requests).toEqual(expected);
    expect(made.findings.map(({ id }) => id)).toEqual(ids);
  });

  test('are fewer than promised', () => {
    const promised: Answer = { ...kept, promise: { requestsLeft: 100 } };
    expect(idsOf([requests([promised, kept, last])])).toEqual(['fewer-requests-than-promised']);
  });
});

describe('reuse', () => {
  test.each([
    ['another answer came', [kept, kept], {}, 'reused'],
    ['the answer said close', [last], {}, 'closed'],
    ['the server closed all the same', [kept, { kind: 'closed' } as const], {}, 'closed'],
    ['the second request timed out', [kept, { kind: 'timeout' } as const], {}, 'unknown'],
  ])('when %s', (_, outcomes, more, expected) => {
    expect(report([requests(outcomes, more)]).reuse.http11).toBe(expected);
  });

  test('only with the header is a finding', () => {
    const unasked = connection('http11_without_header', { exchanges: [exchange(0, last)] });
    expect(idsOf([requests([kept, kept]), unasked])).toEqual(['not-reused-without-header']);
  });
});

test('a request on a reused connection that gets no answer is a finding', () => {
  expect(idsOf([requests([kept, { kind: 'timeout' }])])).toEqual(['reused-request-fails']);
  expect(idsOf([requests([kept, kept, { kind: 'not_http', detail: '' }])])).toEqual([
    'reused-request-fails',
  ]);
});

test('TLS that is not resumed, and no HTTP/2, are findings', () => {
  const dialled = {
    connectSeconds: 0.02,
    tls: { seconds: 0.05, resumed: false, version: 'TLSv1.3' },
  };
  const first = requests([kept, kept], { dialled });
  expect(idsOf([first])).toEqual(['tls-not-resumed', 'no-http2']);
  const resumed = connection('resumed', {
    dialled: { connectSeconds: 0.02, tls: { ...dialled.tls, seconds: 0.01, resumed: true } },
  });
  const made = report([first, resumed, connection('http2', { dialled })]);
  expect(made.findings.map(({ id }) => id)).toEqual([]);
  expect(made.times).toMatchObject({ tlsSeconds: 0.05, tlsResumedSeconds: 0.01 });
  expect(made.times.firstByteOnReusedSeconds).toBeCloseTo(0.01);
});

describe('times', () => {
  const tls = (seconds: number, resumed: boolean) => ({
    connectSeconds: 0.25,
    tls: { seconds, resumed, version: 'TLSv1.3' },
  });
  const answerAfter = (seconds: number, outcome: ExchangeOutcome = kept): Exchange => ({
    sentAt: 3,
    firstByteAt: 3 + seconds,
    endedAt: 9,
    outcome,
  });

  test('of a new connection are connecting, the TLS handshake and the wait for the first byte', () => {
    const { times } = report([
      requests([], { dialled: tls(0.5, false), exchanges: [answerAfter(1), answerAfter(2)] }),
      connection('resumed', { dialled: tls(0.125, true), exchanges: [answerAfter(100)] }),
    ]);
    expect(times).toEqual({
      connectSeconds: 0.25,
      tlsSeconds: 0.5,
      tlsResumedSeconds: 0.125,
      firstByteOnNewSeconds: 1.75,
      firstByteOnReusedSeconds: 2,
    });
  });

  test('of plain HTTP need no handshake; a request without an answer has no first byte', () => {
    const { times } = report([
      requests([], {
        dialled: { connectSeconds: 0.5 },
        exchanges: [answerAfter(1), answerAfter(7, { kind: 'reset' })],
      }),
    ]);
    expect(times).toEqual({ connectSeconds: 0.5, firstByteOnNewSeconds: 1.5 });
  });

  test('are medians by size: 2, 9 and 10 have 9', () => {
    const dials = [10, 9, 2].map((connectSeconds) =>
      connection('wait', { dialled: { connectSeconds }, exchanges: [] }),
    );
    expect(report(dials).times.connectSeconds).toBe(9);
    expect(report(dials.slice(1)).times.connectSeconds).toBe(5.5);
  });
});

describe('requests on an HTTP/2 connection', () => {
  const http2 = (outcomes: readonly ExchangeOutcome[], more: Partial<ConnectionFacts>) =>
    report([{ ...requests(outcomes, more), role: 'http2_requests' }]).http2Requests;

  test('end announced with a GOAWAY, and unannounced without', () => {
    const announced = { requestsPerConnection: 2, closeAnnounced: true };
    expect(http2([kept, kept], closedAt(5, 'goaway'))).toEqual(announced);
    expect(http2([kept, kept], closedAt(5))).toEqual({ ...announced, closeAnnounced: false });
  });
});

test('a second request that is reset shows that the connection was closed', () => {
  expect(report([requests([kept, { kind: 'reset' }])]).reuse.http11).toBe('closed');
});

describe('a URL without an answer', () => {
  const failed = (failure: KeepaliveFailure, url = 'http://a/') =>
    report([], { failure, url }).findings.map(({ advice }) => advice);

  test.each([
    ['dns', 'the name "a" has no address', /--resolve/],
    ['refused', 'connect ECONNREFUSED', /listens on this address and port/],
    ['connect_timeout', 'no connection was made', /firewalls/],
    ['response_timeout', 'the TLS handshake did not finish', /may be full/],
    ['tls', 'self-signed certificate', /--tls\.ca-file/],
    ['tls', "Hostname/IP does not match certificate's altnames: a", /is for other names/],
    ['tls', 'certificate has expired', /expired or is not valid yet/],
    ['tls', 'the TLS handshake failed: wrong version number', /try http:/],
    ['other', 'x', /curl -v/],
  ] as const)('advises what fits the failure %s: %s', (result, message, wanted) => {
    expect(failed({ kind: 'connect', result, message })).toEqual([expect.stringMatching(wanted)]);
  });

  test.each([
    ['http://a/', { kind: 'timeout' }, /may be full/],
    ['http://a/', { kind: 'closed' }, /wants https/],
    ['https://a/', { kind: 'reset' }, /error log of the server$/],
    ['http://a/', { kind: 'not_http', detail: 'x' }, /curl -v/],
  ] as const)('advises what fits the first answer of %s: %j', (url, outcome, wanted) => {
    expect(failed({ kind: 'first_request', outcome }, url)).toEqual([
      expect.stringMatching(wanted),
    ]);
  });

  test('names our own file', () => {
    expect(failed({ kind: 'material', message: 'ENOENT' })).toEqual([
      expect.stringContaining('--tls.ca-file'),
    ]);
  });
});

test('after status 400 on http the advice asks for https too', () => {
  const adviceAt = (url: string, status: number) =>
    report([requests([{ ...last, status }])], { url }).findings.map(({ advice }) => advice);
  const usual = 'check a page that answers 200: servers close connections after some errors';
  expect(adviceAt('http://a/', 404)).toEqual([usual]);
  expect(adviceAt('https://a/', 400)).toContain(usual);
  expect(adviceAt('http://a/', 400)).toEqual([
    `check whether this port wants https. If not, ${usual}`,
  ]);
});

test('an error status is a finding; a close after it does not mean that keep-alive is off', () => {
  const answered = (status: number) => idsOf([requests([{ ...last, status }])]);
  expect(answered(200)).toContain('not-reused');
  expect(answered(400)).toEqual(['error-status']);
});
