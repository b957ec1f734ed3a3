import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A simulated web server on loopback. */
export interface Origin {
  readonly port: number;
  readonly statusUrl: string;
  stop(): Promise<void>;
}

export interface ListenOptions {
  readonly statusPath: string;
  readonly onConnection: (socket: Socket) => void;
}

export async function listenOrigin({ statusPath, onConnection }: ListenOptions): Promise<Origin> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  return {
    port,
    statusUrl: `http://127.0.0.1:${port}${statusPath}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Reply {
  readonly body: string;
  readonly server: string;
  readonly keepAlive: boolean;
}

export function renderReply({ body, server, keepAlive }: Reply): string {
  return [
    'HTTP/1.1 200 OK',
    `Server: ${server}`,
    'Content-Type: text/plain; charset=ISO-8859-1',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Connection: ${keepAlive ? 'keep-alive' : 'close'}`,
    '',
    body,
  ].join('\r\n');
}

/** The path of a request, and whether it keeps the connection alive. The demo's clients send a request in one piece. */
export function readRequest(bytes: Buffer): { readonly path: string; readonly keepAlive: boolean } {
  const head = bytes.toString('latin1');
  return {
    path: head.split(' ', 2)[1] ?? '/',
    keepAlive: !/^connection: close\r$/im.test(head),
  };
}
