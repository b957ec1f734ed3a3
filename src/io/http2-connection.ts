import { type ClientHttp2Session, connect } from 'node:http2';
import type { Socket } from 'node:net';
import { present } from '../present.ts';
import type { ConnectionEnd, Exchange, ExchangeOutcome } from '../snapshot/keepalive-facts.ts';
import { type Changes, createChanges } from './await-change.ts';

export interface Http2Options {
  /** Connected, with h2 chosen by ALPN. */
  readonly socket: Socket;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly clock: () => number;
}

/** One HTTP/2 connection for requests one after the other. Records how it ended. */
export interface Http2Connection {
  readonly exchanges: readonly Exchange[];
  end(): ConnectionEnd | undefined;
  request(): Promise<Exchange>;
  idle(seconds: number): Promise<void>;
  close(): void;
}

const maximumBodyBytes = 1024 * 1024;

export function createHttp2Connection(options: Http2Options): Http2Connection {
  const { socket, url, clock, signal } = options;
  const changes = createChanges(signal);
  const session = connect(url, { createConnection: () => socket });
  let closing = false;
  const ended = watchEnd(session, { changes, clock, isClosing: () => closing });
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    end: ended,
    async request() {
      const sentAt = clock();
      const progress = openStream(session, options, changes);
      const isOver = (): boolean => progress.outcome !== undefined || session.destroyed;
      await changes.until(isOver, options.timeoutSeconds * 1000);
      const failed = session.destroyed ? 'reset' : signal.aborted ? 'stopped' : 'timeout';
      const outcome: ExchangeOutcome = progress.outcome ?? { kind: failed };
      const { firstByteAt } = progress;
      const exchange = { sentAt, endedAt: clock(), outcome, ...present({ firstByteAt }) };
      exchanges.push(exchange);
      return exchange;
    },
    idle: (seconds) => changes.until(() => ended() !== undefined, seconds * 1000),
    close() {
      closing = true;
      session.destroy();
    },
  };
}

interface EndContext {
  readonly changes: Changes;
  readonly clock: () => number;
  /** Whether we close it: that is not an end by the server. */
  readonly isClosing: () => boolean;
}

/** The first of GOAWAY, an error and the end of the connection. */
function watchEnd(session: ClientHttp2Session, { changes, clock, isClosing }: EndContext) {
  let end: ConnectionEnd | undefined;
  const record = (how: ConnectionEnd['how']) => (): void => {
    if (!isClosing()) end ??= { at: clock(), how, unasked: 0 };
    changes.notify();
  };
  session.on('goaway', record('goaway'));
  session.on('error', record('reset'));
  session.on('close', record('fin'));
  return () => end;
}

/** How far the answer to one request has arrived. */
interface StreamProgress {
  outcome?: ExchangeOutcome;
  firstByteAt?: number;
  status: number;
  bodyBytes: number;
}

function openStream(
  session: ClientHttp2Session,
  { url, headers, clock }: Http2Options,
  changes: Changes,
): Readonly<StreamProgress> {
  const progress: StreamProgress = { status: 0, bodyBytes: 0 };
  if (session.closed || session.destroyed) return { ...progress, outcome: { kind: 'closed' } };
  const finish = (outcome: ExchangeOutcome): void => {
    progress.outcome ??= outcome;
    changes.notify();
  };
  const { host = url.host, ...others } = headers;
  const path = url.pathname + url.search;
  const stream = session.request({ ...others, ':authority': host, ':path': path });
  stream.on('response', (answer) => {
    progress.firstByteAt = clock();
    progress.status = answer[':status'] ?? 0;
  });
  stream.on('data', (bytes: Buffer) => {
    progress.bodyBytes += bytes.length;
    if (progress.bodyBytes <= maximumBodyBytes) return;
    finish({ kind: 'too_large', detail: 'the body is larger than 1 MiB' });
    stream.destroy();
  });
  stream.on('end', () => finish({ kind: 'answered', status: progress.status, persists: true }));
  stream.on('error', () => finish({ kind: 'reset' }));
  stream.on('close', () => finish({ kind: 'reset' }));
  return progress;
}
