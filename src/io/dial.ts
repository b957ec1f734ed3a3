import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { err, ok, type Result } from '../result.ts';
import type { DialFacts, TlsFacts } from '../snapshot/keepalive-facts.ts';
import type { ScrapeFailure } from '../snapshot/scrape.ts';
import { explainFetchError } from './fetch-failure.ts';
import type { TlsMaterial } from './read-secrets.ts';

export interface DialOptions {
  readonly url: URL;
  /** The one address that all connections of a check go to, so that they meet the same server. */
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
  /** The newest TLS session the server gave; in TLS 1.3 it comes after the handshake. */
  readonly session: () => Buffer | undefined;
}

/** Opens one connection and takes the times. The socket stays half open when the server closes. */
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
  const tls = socket instanceof TLSSocket ? { tls: tlsFacts(socket, clock() - at) } : {};
  socket.setNoDelay(true);
  return ok({ socket, facts: { connectSeconds: at - startedAt, ...tls }, session: sessionOf });
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
    // An address is no server name (RFC 6066), but the certificate must be for it.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ALPNProtocols: [protocol],
    ...(session === undefined ? {} : { session }),
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
  const protocol = socket.alpnProtocol;
  return {
    seconds,
    resumed: socket.isSessionReused(),
    version: socket.getProtocol() ?? '',
    ...(typeof protocol === 'string' && protocol !== '' ? { protocol } : {}),
  };
}
