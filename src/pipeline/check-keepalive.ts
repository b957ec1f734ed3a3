import { boundsOf, planLateRequests } from '../derive/keepalive-plan.ts';
import type { Http1Connection } from '../io/http1-connection.ts';
import { present } from '../present.ts';
import type {
  ConnectionFacts,
  KeepAlivePromise,
  KeepaliveFacts,
} from '../snapshot/keepalive-facts.ts';
import { countHttp2Requests, startHttp2 } from './check-http2.ts';
import {
  type Check,
  type CheckOptions,
  type Http1Role,
  openFirst,
  openHttp1,
  type Recorded,
} from './first-connection.ts';

/** Maximum wait for a server to close after it announced that. */
const closeSeconds = 1;

/** Measures how one URL treats connections. Failures are part of the facts. */
export async function checkKeepalive(given: CheckOptions): Promise<KeepaliveFacts> {
  const { url, limits, clock } = given;
  const { seconds } = boundsOf(limits, url.protocol === 'https:');
  const signal = AbortSignal.any([given.signal, AbortSignal.timeout(Math.ceil(seconds * 1000))]);
  const options = { ...given, signal };
  const startedAt = clock();
  const records: Recorded[] = [];
  const refused: string[] = [];
  const first = await openFirst(options, { records, refused });
  if (first.ok) await measure(first.value);
  const facts = records.map(toFacts);
  for (const { close } of records) close();
  return {
    url: url.href,
    limits,
    connections: facts,
    refused,
    startedAt,
    endedAt: clock(),
    stopped: signal.aborted,
    ...(first.ok ? { address: first.value.address } : { failure: first.error }),
  };
}

function toFacts({ role, dialled, exchanges, end }: Recorded): ConnectionFacts {
  return { role, dialled, exchanges, ...present({ end: end() }) };
}

/** Measurements that load the server run one after the other, so that they do not slow each other. */
async function measure(check: Check): Promise<void> {
  const { url, limits, clock } = check.options;
  const promise = promiseOf(check.first);
  const reused = await repeat(check.first);
  const waits = reused ? await startWaits(check, promise) : [];
  const until = clock() + Math.max(limits.maxWaitSeconds, limits.timeoutSeconds);
  // Not awaited: the first connection must not reach its idle timeout meanwhile.
  const starting = url.protocol === 'https:' ? startHttp2(check) : undefined;
  if (reused) await countRequests(check, until);
  const http2 = await starting;
  await tryVariants(check);
  if (http2?.reused) await countHttp2Requests(check, until);
  await Promise.all([...waits, http2?.waiting]);
}

function promiseOf({ exchanges }: Http1Connection): KeepAlivePromise | undefined {
  const outcome = exchanges.at(-1)?.outcome;
  return outcome?.kind === 'answered' ? outcome.promise : undefined;
}

/** Whether a connection is answered once more. If the server announced a close, this waits for the close instead. */
async function repeat(connection: Http1Connection): Promise<boolean> {
  const last = connection.exchanges.at(-1)?.outcome;
  if (last?.kind !== 'answered' || connection.end() !== undefined) return false;
  if (!last.persists) {
    await connection.idle(closeSeconds);
    return false;
  }
  return (await connection.request()).outcome.kind === 'answered';
}

async function countRequests({ first, options }: Check, until: number): Promise<void> {
  const { limits, clock, signal } = options;
  while (first.exchanges.length < limits.maxRequests && clock() < until && !signal.aborted) {
    if (!(await repeat(first))) return;
  }
  first.close();
}

const variants: readonly Http1Role[] = [
  { role: 'http11_without_header', version: '1.1', keepAliveHeader: false },
  { role: 'http10_with_header', version: '1.0', keepAliveHeader: true },
  { role: 'http10_without_header', version: '1.0', keepAliveHeader: false },
];

/** One after the other, so that they take one slot of a small server, not five. */
async function tryVariants(check: Check): Promise<void> {
  for (const how of variants) {
    const connection = await openHttp1(check, how);
    if ((await connection?.request())?.outcome.kind === 'answered' && connection !== undefined) {
      await repeat(connection);
    }
    connection?.close();
  }
  if (check.options.url.protocol !== 'https:') return;
  await resume(check);
}

async function resume(check: Check): Promise<void> {
  const session = check.session();
  if (session === undefined) return;
  const how = { role: 'resumed', version: '1.1', keepAliveHeader: true, session } as const;
  const connection = await openHttp1(check, how);
  await connection?.request();
  connection?.close();
}

/** Opens the connections that wait. After its first answer each runs on its own. */
async function startWaits(
  check: Check,
  promise: KeepAlivePromise | undefined,
): Promise<readonly Promise<void>[]> {
  const { limits, onProgress } = check.options;
  const waits: Promise<void>[] = [];
  let isReusable = true;
  for (const lateAfterSeconds of planLateRequests(limits, promise)) {
    const connection = await openHttp1(check, {
      role: 'wait',
      version: '1.1',
      keepAliveHeader: true,
    });
    const outcome = (await connection?.request())?.outcome;
    // A server without a slot for this connection has none for the next one.
    if (connection === undefined || outcome?.kind !== 'answered' || !outcome.persists) break;
    waits.push(waitOnce(connection, lateAfterSeconds, check.options.signal));
    // The first connection must not reach its idle timeout meanwhile: that would look like a limit of requests.
    if (isReusable && check.first.exchanges.length < limits.maxRequests) {
      isReusable = await repeat(check.first);
    }
  }
  const promised = present({ promisedSeconds: promise?.timeoutSeconds });
  if (waits.length > 0) onProgress?.({ kind: 'waiting', connections: waits.length, ...promised });
  return waits;
}

async function waitOnce(
  connection: Http1Connection,
  lateAfterSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  await connection.idle(lateAfterSeconds);
  if (connection.end() !== undefined) await connection.requestAfterEnd();
  else if (!signal.aborted) await connection.request();
  connection.close();
}
