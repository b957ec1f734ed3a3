import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface HostileServer {
  readonly port: number;
  readonly url: string;
  /** Heads of the requests received so far. */
  readonly requests: readonly string[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

/** A TCP server on loopback that hands each connection over once its request head has arrived. */
export async function startHostileServer(
  answer: (socket: Socket, head: string) => void,
): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      requests.push(data.toString('latin1'));
      answer(socket, data.toString('latin1'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
