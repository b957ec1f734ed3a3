import type { Server, Socket } from 'node:net';

/** A Prometheus or two, some people, forty scrapes and forty probes need far fewer. */
const mostConnections = 512;

/** Knows every connection, also those whose TLS handshake has not begun, which Node's HTTP server does not know. */
export interface Connections {
  destroyAll(): void;
}

export function limitConnections(server: Server): Connections {
  const open = new Set<Socket>();
  server.maxConnections = mostConnections;
  server.prependListener('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    destroyAll() {
      for (const socket of open) socket.destroy();
    },
  };
}
