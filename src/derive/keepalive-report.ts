import { present } from '../present.ts';
import type {
  ConnectionFacts,
  ConnectionRole,
  Exchange,
  ExchangeOutcome,
  KeepaliveFacts,
} from '../snapshot/keepalive-facts.ts';
import type {
  CostFigures,
  KeepaliveReport,
  RequestFigures,
  Reuse,
  ReuseCase,
  TimeFigures,
  TlsFigures,
} from '../snapshot/keepalive-report.ts';
import { deriveIdle } from './idle-figures.ts';
import { findKeepaliveProblems } from './keepalive-findings.ts';
import { median } from './median.ts';

/** Derives the report from the facts of one check. */
export function deriveKeepaliveReport(facts: KeepaliveFacts): KeepaliveReport {
  const answer = firstOf(facts, 'requests')?.exchanges[0]?.outcome;
  const report = {
    url: facts.url,
    ...present({ address: facts.address, tls: tlsOf(facts) }),
    ...failureOf(facts),
    ...(answer?.kind === 'answered' ? headersOf(answer) : {}),
    reuse: reuseOf(facts),
    idle: deriveIdle(facts),
    requests: requestsOf(facts),
    ...present({
      http2Requests: firstOf(facts, 'http2_requests') && requestsOf(facts, 'http2_requests'),
    }),
    times: timesOf(facts),
    cost: costOf(facts),
    limits: facts.limits,
  };
  return { ...report, findings: findKeepaliveProblems(report, facts) };
}

function costOf({ connections, startedAt, endedAt }: KeepaliveFacts): CostFigures {
  const late = connections.filter(({ end }) => end?.lateRequest !== undefined).length;
  return {
    connections: connections.length,
    requests: connections.reduce((sum, { exchanges }) => sum + exchanges.length, late),
    durationSeconds: endedAt - startedAt,
  };
}

function firstOf({ connections }: KeepaliveFacts, role: ConnectionRole) {
  return connections.find((connection) => connection.role === role);
}

function headersOf(answer: Extract<ExchangeOutcome, { kind: 'answered' }>) {
  const { status, promise, connection } = answer;
  return present({ status, promised: promise, connectionHeader: connection });
}

function failureOf({ failure, limits }: KeepaliveFacts): { readonly failure?: string } {
  if (failure === undefined) return {};
  if (failure.kind !== 'first_request') return { failure: failure.message };
  const { outcome } = failure;
  switch (outcome.kind) {
    case 'closed':
      return { failure: 'the server closed the connection before a complete answer' };
    case 'reset':
      return { failure: 'the server reset the connection before a complete answer' };
    case 'timeout':
      return { failure: `no complete answer arrived within ${limits.timeoutSeconds} s` };
    case 'not_http':
      return { failure: `this is not HTTP: ${outcome.detail}` };
    case 'too_large':
      return { failure: `${outcome.detail}; check a smaller page of the same server` };
    default:
      return { failure: 'the check was stopped before the first answer' };
  }
}

const roleOf: Readonly<Record<ReuseCase, ConnectionRole>> = {
  http11: 'requests',
  http11WithoutHeader: 'http11_without_header',
  http10WithHeader: 'http10_with_header',
  http10WithoutHeader: 'http10_without_header',
  http2: 'http2',
};

function reuseOf(facts: KeepaliveFacts): Readonly<Record<ReuseCase, Reuse>> {
  const reuse = (name: ReuseCase): Reuse => judgeReuse(firstOf(facts, roleOf[name]));
  return {
    http11: reuse('http11'),
    http11WithoutHeader: reuse('http11WithoutHeader'),
    http10WithHeader: reuse('http10WithHeader'),
    http10WithoutHeader: reuse('http10WithoutHeader'),
    http2: reuse('http2'),
  };
}

function judgeReuse(connection: ConnectionFacts | undefined): Reuse {
  const [first, second] = connection?.exchanges ?? [];
  if (first?.outcome.kind !== 'answered') return 'unknown';
  if (second?.outcome.kind === 'answered') return 'reused';
  const refused = second?.outcome.kind === 'closed' || second?.outcome.kind === 'reset';
  return !first.outcome.persists || refused || connection?.end !== undefined ? 'closed' : 'unknown';
}

function requestsOf(
  facts: KeepaliveFacts,
  role: 'requests' | 'http2_requests' = 'requests',
): RequestFigures {
  const connection = firstOf(facts, role);
  const answers = (connection?.exchanges ?? []).flatMap(({ outcome }) =>
    outcome.kind === 'answered' ? [outcome] : [],
  );
  const last = answers.at(-1);
  if (connection === undefined || last === undefined) return {};
  if (!last.persists || connection.end !== undefined) {
    const closeAnnounced = !last.persists || connection.end?.how === 'goaway';
    return { requestsPerConnection: answers.length, closeAnnounced };
  }
  return { moreThanRequests: answers.length };
}

function timesOf(facts: KeepaliveFacts): TimeFigures {
  const dials = facts.connections.map(({ dialled }) => dialled);
  const tls = dials.flatMap((dialled) => dialled.tls ?? []);
  const onNew = facts.connections.flatMap(({ dialled, exchanges: [first] }) => {
    const wait = firstByteSeconds(first);
    return wait === undefined || dialled.tls?.resumed === true
      ? []
      : [dialled.connectSeconds + (dialled.tls?.seconds ?? 0) + wait];
  });
  const onReused = (firstOf(facts, 'requests')?.exchanges ?? [])
    .slice(1)
    .flatMap((exchange) => firstByteSeconds(exchange) ?? []);
  return present({
    connectSeconds: median(dials.map(({ connectSeconds }) => connectSeconds)),
    tlsSeconds: median(tls.filter(({ resumed }) => !resumed).map(({ seconds }) => seconds)),
    tlsResumedSeconds: median(tls.filter(({ resumed }) => resumed).map(({ seconds }) => seconds)),
    firstByteOnNewSeconds: median(onNew),
    firstByteOnReusedSeconds: median(onReused),
  });
}

function firstByteSeconds(exchange: Exchange | undefined): number | undefined {
  if (exchange?.firstByteAt === undefined || exchange.outcome.kind !== 'answered') return undefined;
  return exchange.firstByteAt - exchange.sentAt;
}

function tlsOf(facts: KeepaliveFacts): TlsFigures | undefined {
  const tls = firstOf(facts, 'requests')?.dialled.tls;
  if (tls === undefined) return undefined;
  return {
    version: tls.version,
    sessionResumed: firstOf(facts, 'resumed')?.dialled.tls?.resumed === true,
    http2: firstOf(facts, 'http2') !== undefined,
  };
}
