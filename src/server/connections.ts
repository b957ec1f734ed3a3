import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  readonly maximum: number;
  /** Further connections that Node accepts while older ones are still closing. */
  readonly closing: number;
}

/** Two Prometheus servers, some browsers, forty scrapes and forty probes need far fewer. */
const unlimited: ConnectionLimits = { maximum: 512, closing: 64 };

/**
 * A third of what the process may have open, at most 512 connections. The rest is for logs, polls and running ss: a
 * client that connects without end must not make scrapes fail.
 */
export function connectionsWithin(openFiles = Number.POSITIVE_INFINITY): ConnectionLimits {
  const share = Math.floor(openFiles / 3);
  const closing = Math.min(unlimited.closing, Math.ceil(share / 9));
  return { maximum: Math.max(1, Math.min(unlimited.maximum, share - closing)), closing };
}

/** Every connection, including those before their TLS handshake, which Node's HTTP server does not list. */
export interface Connections {
  destroyAll(): void;
}

/**
 * Limits the number of connections. Refusing new ones would let one client with 512 idle connections lock out all
 * others. Instead the connection that has been idle for longest is closed; Prometheus then connects again.
 */
export function limitConnections(
  server: HttpServer,
  { maximum, closing }: ConnectionLimits,
): Connections {
  /** By peer, because a request over TLS has another socket than its connection. Longest idle first. */
  const open = new Map<string, Socket>();
  const busy = new Set<string>();
  server.maxConnections = maximum + closing;
  server.prependListener('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    open.set(peer, socket);
    socket.once('close', () => {
      if (open.get(peer) !== socket) return;
      open.delete(peer);
      busy.delete(peer);
    });
    if (open.size > maximum) (longestIdle() ?? socket).destroy();
  });
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const peer = peerOf(socket);
    busy.add(peer);
    response.once('close', () => {
      busy.delete(peer);
      const connection = open.get(peer);
      if (connection === undefined) return;
      open.delete(peer);
      open.set(peer, connection);
    });
  });

  function longestIdle(): Socket | undefined {
    for (const [peer, socket] of open) {
      if (!busy.has(peer) && !socket.destroyed) return socket;
    }
    return undefined;
  }

  return {
    destroyAll() {
      for (const socket of open.values()) socket.destroy();
    },
  };
}

function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
