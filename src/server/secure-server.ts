import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { FastifyServerFactory } from 'fastify';
import { present } from '../present.ts';
import { checkClientCertificate, type PresentedCertificate } from './client-certificate.ts';
import { asksForCertificate } from './tls-options.ts';
import type { TlsSource } from './tls-source.ts';

/** Node's default is two minutes for a client that connects and sends nothing. */
const handshakeMilliseconds = 10_000;

/** How often Node closes connections whose request is too slow; its default is 30 s. */
const connectionsCheckingInterval = 5000;

export interface SecureOptions {
  readonly source: TlsSource;
  /** Called with the address of a client whose certificate is missing or not accepted. */
  readonly onRefused: (address: string) => void;
}

/** @param tls absent for plain HTTP */
export function createServerFactory(tls: SecureOptions | undefined): FastifyServerFactory {
  return (handler, timeouts) => {
    const server =
      tls === undefined
        ? createHttpServer({ connectionsCheckingInterval }, handler)
        : createTlsServer(handler, tls);
    // Fastify does not set its timeouts on a server that a factory creates.
    Object.assign(server, {
      keepAliveTimeout: timeouts['keepAliveTimeout'] ?? server.keepAliveTimeout,
      requestTimeout: timeouts['requestTimeout'] ?? server.requestTimeout,
    });
    server.setTimeout(Number(timeouts['connectionTimeout'] ?? 0));
    return server as Server;
  };
}

function createTlsServer(
  handler: RequestListener,
  { source, onRefused }: SecureOptions,
): HttpsServer {
  let used = source();
  const server = createHttpsServer(
    // Certificates are checked below, by Go's policies; Node supports only two of them.
    {
      ...used.options,
      connectionsCheckingInterval,
      handshakeTimeout: handshakeMilliseconds,
      requestCert: asksForCertificate(used.config),
      rejectUnauthorized: false,
    },
    handler,
  );
  // Before Node's own listener, which starts the handshake with the current settings of the server.
  server.prependListener('connection', () => {
    const next = source();
    if (next === used) return;
    used = next;
    server.setSecureContext(next.options);
    // Undocumented, but Node reads it for every connection (lib/_tls_wrap.js, onConnectionSecure).
    Object.assign(server, { requestCert: asksForCertificate(next.config) });
  });
  server.prependListener('secureConnection', (socket) => {
    const check = checkClientCertificate(used.config, presentedBy(socket));
    if (check.ok) return;
    onRefused(socket.remoteAddress ?? '');
    socket.destroy();
  });
  server.prependListener('tlsClientError', answerPlainHttp);
  return server;
}

const plainHttpAnswer = 'this port speaks HTTPS: write https:// in place of http://\n';

/** As Go's servers do. Before a handshake, only the connection below TLS can carry an answer. */
function answerPlainHttp(error: Error & { code?: string }, socket: TLSSocket): void {
  if (error.code !== 'ERR_SSL_HTTP_REQUEST') return;
  const below: unknown = Object(socket)._parent;
  if (!(below instanceof Socket) || below.destroyed) return;
  below.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: ${plainHttpAnswer.length}\r\n\r\n${plainHttpAnswer}`,
  );
}

function presentedBy(socket: TLSSocket): PresentedCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const { subjectAltName } = certificate;
  return { verified: socket.authorized, ...present({ subjectAltName }) };
}
