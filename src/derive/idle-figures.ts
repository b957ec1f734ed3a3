import { present } from '../present.ts';
import type { ConnectionFacts, KeepaliveFacts } from '../snapshot/keepalive-facts.ts';
import type { IdleFigures } from '../snapshot/keepalive-report.ts';
import { median } from './median.ts';

/** A bracket this narrow counts as a measured close. */
const narrowSeconds = 0.25;

/** After how many idle seconds the server closes a connection, and how. */
export function deriveIdle(facts: KeepaliveFacts): IdleFigures {
  const waits = facts.connections
    .filter(({ role }) => role === 'wait')
    .flatMap((connection) => readWait(connection, facts) ?? []);
  const closes = waits.flatMap((wait) => (wait.kind === 'closed' ? [wait] : []));
  const shared = {
    measuredConnections: closes.length,
    ...present({ http2IdleTimeoutSeconds: http2Idle(facts) }),
  };
  const idleTimeoutSeconds = median(closes.map(({ seconds }) => seconds));
  if (idleTimeoutSeconds === undefined) return { ...shared, ...bracket(waits) };
  const seconds = closes.map((close) => close.seconds);
  const [first] = closes;
  const unasked = Math.max(...closes.map((close) => close.unasked));
  return {
    ...shared,
    idleTimeoutSeconds,
    shortestSeconds: Math.min(...seconds),
    longestSeconds: Math.max(...seconds),
    closedWith: first?.how === 'reset' ? 'reset' : 'fin',
    ...present({
      lateRequest: closes.find(({ lateRequest }) => lateRequest !== undefined)?.lateRequest,
      unaskedBytes: unasked === 0 ? undefined : unasked,
    }),
  };
}

type Wait =
  | { readonly kind: 'answered' | 'lost'; readonly seconds: number }
  | ({ readonly kind: 'closed'; readonly seconds: number } & NonNullable<ConnectionFacts['end']>);

function readWait({ exchanges, end }: ConnectionFacts, facts: KeepaliveFacts): Wait | undefined {
  const [first, late] = exchanges;
  if (first?.outcome.kind !== 'answered' || !first.outcome.persists) return undefined;
  if (late === undefined) {
    return end === undefined
      ? { kind: 'answered', seconds: facts.endedAt - first.endedAt }
      : { kind: 'closed', seconds: end.at - first.endedAt, ...end };
  }
  const seconds = late.sentAt - first.endedAt;
  if (late.outcome.kind === 'answered') return { kind: 'answered', seconds };
  return late.outcome.kind === 'stopped' ? undefined : { kind: 'lost', seconds };
}

/** Without a visible close, the late requests show between which idle times a connection stops working. */
function bracket(waits: readonly Wait[]): Partial<IdleFigures> {
  const times = (kind: Wait['kind']) =>
    waits.filter((wait) => wait.kind === kind).map(({ seconds }) => seconds);
  const answered = times('answered');
  const lost = times('lost');
  const atLeast = answered.length === 0 ? {} : { atLeastSeconds: Math.max(...answered) };
  if (lost.length === 0) return atLeast;
  const atMostSeconds = Math.min(...lost);
  const { atLeastSeconds } = atLeast;
  const narrow = atLeastSeconds !== undefined && atMostSeconds - atLeastSeconds <= narrowSeconds;
  const idleTimeoutSeconds = narrow ? (atLeastSeconds + atMostSeconds) / 2 : undefined;
  return { ...atLeast, atMostSeconds, closedWith: 'silent', ...present({ idleTimeoutSeconds }) };
}

function http2Idle({ connections }: KeepaliveFacts): number | undefined {
  const connection = connections.find(({ role }) => role === 'http2');
  const last = connection?.exchanges.at(-1);
  if (connection?.end === undefined || last?.outcome.kind !== 'answered') return undefined;
  return connection.end.at - last.endedAt;
}
