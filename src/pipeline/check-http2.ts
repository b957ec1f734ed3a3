import { createHttp2Connection, type Http2Connection } from '../io/http2-connection.ts';
import type { ConnectionRole } from '../snapshot/keepalive-facts.ts';
import { type Check, dialServer } from './first-connection.ts';

/** HTTP/2 where ALPN offers it. */
export interface Http2Check {
  /** Whether a second request on the same connection is answered. */
  readonly reused: boolean;
  /** Ends when the server has closed the idle connection, or after the maximum wait. */
  readonly waiting: Promise<void>;
}

/** Opens the connection that shows reuse and then waits idle. Undefined without HTTP/2. */
export async function startHttp2(check: Check): Promise<Http2Check | undefined> {
  const connection = await openHttp2(check, 'http2');
  if (connection === undefined) return undefined;
  const reused = (await answers(connection)) && (await answers(connection));
  return {
    reused,
    waiting: waitIdle(connection, reused ? check.options.limits.maxWaitSeconds : 0),
  };
}

async function waitIdle(connection: Http2Connection, seconds: number): Promise<void> {
  if (seconds > 0) await connection.idle(seconds);
  connection.close();
}

/** One request after another on a connection of its own, until the server ends it. */
export async function countHttp2Requests(check: Check, until: number): Promise<void> {
  const { limits, clock, signal } = check.options;
  if (clock() >= until || signal.aborted) return;
  const connection = await openHttp2(check, 'http2_requests');
  if (connection === undefined) return;
  const { exchanges, end, close } = connection;
  while (exchanges.length < limits.maxRequests && end() === undefined && clock() < until) {
    if (!(await answers(connection))) break;
  }
  close();
}

async function answers(connection: Http2Connection): Promise<boolean> {
  return (await connection.request()).outcome.kind === 'answered';
}

/** Undefined if the server has no HTTP/2: it refuses the handshake or chooses no protocol. */
async function openHttp2(
  check: Check,
  role: Extract<ConnectionRole, 'http2' | 'http2_requests'>,
): Promise<Http2Connection | undefined> {
  const { options, headers, records } = check;
  const { url, limits, signal, clock } = options;
  const dialled = await dialServer(check, { protocol: 'h2' });
  if (!dialled.ok) return undefined;
  const { socket, facts } = dialled.value;
  if (facts.tls?.protocol !== 'h2') {
    socket.destroy();
    return undefined;
  }
  const { timeoutSeconds } = limits;
  const connection = createHttp2Connection({ socket, url, headers, timeoutSeconds, signal, clock });
  const { exchanges, end, close } = connection;
  records.push({ role, dialled: facts, exchanges, end, close });
  return connection;
}
