import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
}

export type Listen = (options: ListenOptions) => Promise<void>;

/**
 * Listens on both addresses of `localhost`. Fastify would do that with a second server, whose connections could neither
 * be limited nor closed at the end. Here the connections to the second address are passed to the first server.
 *
 * @param server must not be ready yet; closing it also closes the second address
 */
export function createListen(server: FastifyInstance): Listen {
  let second: Server | undefined;
  server.addHook('onClose', async () => {
    if (second === undefined) return;
    const closed = once(second, 'close');
    second.close();
    server.server.closeIdleConnections();
    await closed;
  });
  return async ({ host, port }) => {
    await server.listen({ host, port });
    if (host === 'localhost') second = await listenSecond(server.server);
  };
}

/** Undefined on a machine that has only one of the two addresses. */
async function listenSecond(main: HttpServer): Promise<Server | undefined> {
  const address = main.address();
  if (address === null || typeof address === 'string') return undefined;
  const host = address.family === 'IPv6' ? '127.0.0.1' : '::1';
  const server = createServer((socket) => main.emit('connection', socket));
  server.maxConnections = main.maxConnections;
  server.listen({ host, port: address.port });
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}
