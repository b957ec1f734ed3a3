import type { FastifyInstance } from 'fastify';
import { pageContentSecurityPolicy } from '../page/csp.ts';
import type { ServerPorts } from './ports.ts';

/** The HTML page. */
export function registerPageRoute(server: FastifyInstance, ports: ServerPorts): void {
  server.get<{ Querystring: { refresh?: string } }>('/', async (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', pageContentSecurityPolicy())
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .send(ports.renderPage({ refresh: request.query.refresh !== 'off' })),
  );
}
