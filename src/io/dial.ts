import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type { DialFacts, TlsFacts } from '../snapshot/keepalive-facts.ts';
import type { ScrapeFailure } from '../snapshot/scrape.ts';
import { explainFetchError } from './fetch-failure.ts';
import type { TlsMaterial } from './read-secrets.ts';

export interface DialOptions {
  readonly url: URL;
  /** All connections of a check use this address, so that they reach the same server. */
  readonly address: string;
  /** Only for https. */
  readonly tls: TlsMaterial;
  readonly protocol: 'h2' | 'http/1.1';
  /** A TLS session to resume. */
  readonly session?: Buffer;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Monotonic, in seconds. */
  readonly clock: () => number;
}

export interface Dialled {
  readonly socket: Socket;
  readonly facts: DialFacts;
  /** The last TLS session that the server sent. TLS 1.3 sends it after the handshake. */
  readonly session: () => Buffer | undefined;
}

/** Opens one connection and measures its times. When the server closes it, the socket stays half open. */
export async function dial(options: DialOptions): Promise<Result<Dialled, ScrapeFailure>> {
  const { clock, timeoutSeconds, signal } = options;
  const startedAt = clock();
  const timeout = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
  const socket = open(options);
  socket.on('error', () => undefined);
  const sessionOf = watchSession(socket);
  let connectedAt: number | undefined;
  socket.once('connect', () => {
    connectedAt = clock();
  });
  try {
    const event = socket instanceof TLSSocket ? 'secureConnect' : 'connect';
    await once(socket, event, { signal: AbortSignal.any([signal, timeout]) });
  } catch (error) {
    socket.destroy();
    return err(
      explainFetchError({
        error,
        phase: connectedAt === undefined ? 'connecting' : 'handshaking',
        expired: timeout.aborted || signal.aborted,
        waitedMilliseconds: (clock() - startedAt) * 1000,
      }),
    );
  }
  const at = connectedAt ?? clock();
  const tls = socket instanceof TLSSocket ? tlsFacts(socket, clock() - at) : undefined;
  socket.setNoDelay(true);
  return ok({
    socket,
    facts: { connectSeconds: at - startedAt, ...present({ tls }) },
    session: sessionOf,
  });
}

function open({ url, address, tls, protocol, session }: DialOptions): Socket {
  const secure = url.protocol === 'https:';
  const port = Number(url.port) || (secure ? 443 : 80);
  const place = { host: address, port, allowHalfOpen: true };
  if (!secure) return connectTcp(place);
  const name = tls.servername ?? url.hostname.replaceAll(/[[\]]/g, '');
  return connectTls({
    ...place,
    ...tls,
    // RFC 6066 allows no IP address as server name. Node.js still checks the certificate against the address.
    ...present({ servername: isIP(name) === 0 ? name : undefined, session }),
    ALPNProtocols: [protocol],
  });
}

function watchSession(socket: Socket): () => Buffer | undefined {
  let session: Buffer | undefined;
  socket.on('session', (newest: Buffer) => {
    session = newest;
  });
  return () => session;
}

function tlsFacts(socket: TLSSocket, seconds: number): TlsFacts {
  return {
    seconds,
    resumed: socket.isSessionReused(),
    version: socket.getProtocol() ?? '',
    ...present({ protocol: socket.alpnProtocol || undefined }),
  };
}
