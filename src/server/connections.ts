import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A Prometheus or two, some people, forty scrapes and forty probes need far fewer. */
const mostConnections = 512;

/** Accepted by Node while connections that make room for them are still closing. */
const newcomers = 64;

/** Knows every connection, also those whose TLS handshake has not begun, which Node's HTTP server does not know. */
export interface Connections {
  destroyAll(): void;
}

/**
 * Bounds the connections. Refusing newcomers would let a stranger with 512 idle connections shut everybody out: the one
 * without a request for longest goes in their place, which Prometheus survives by connecting anew.
 */
export function limitConnections(server: HttpServer, most = mostConnections): Connections {
  /** By peer, because a request over TLS knows another socket than its connection; longest idle first. */
  const open = new Map<string, Socket>();
  const busy = new Set<string>();
  server.maxConnections = most + newcomers;
  server.prependListener('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    open.set(peer, socket);
    socket.once('close', () => {
      if (open.get(peer) !== socket) return;
      open.delete(peer);
      busy.delete(peer);
    });
    if (open.size > most) (longestIdle() ?? socket).destroy();
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
