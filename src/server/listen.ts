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
 * Listening where `localhost` means both of its addresses. Fastify's own second server for that is out of reach: its
 * connections are neither bounded nor cut at the end. Here they are handed to the one server there is.
 *
 * @param server before it is ready; what is opened beside it is closed with it
 */
export function createListen(server: FastifyInstance): Listen {
  let beside: Server | undefined;
  server.addHook('onClose', async () => {
    if (beside === undefined) return;
    const closed = once(beside, 'close');
    beside.close();
    server.server.closeIdleConnections();
    await closed;
  });
  return async ({ host, port }) => {
    await server.listen({ host, port });
    if (host === 'localhost') beside = await listenBeside(server.server);
  };
}

/** Undefined on a machine that has only one of the two. */
async function listenBeside(main: HttpServer): Promise<Server | undefined> {
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
