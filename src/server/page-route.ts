import type { FastifyInstance } from 'fastify';
import type { ServerPorts } from './ports.ts';

/** The page for people. */
export function registerPageRoute(server: FastifyInstance, ports: ServerPorts): void {
  server.get('/', async (_, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .send(await ports.renderPage()),
  );
}
