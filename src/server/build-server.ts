import Fastify, { type FastifyInstance } from 'fastify';
import { connectionsWithin, limitConnections } from './connections.ts';
import { registerLifecycleRoutes } from './lifecycle-routes.ts';
import { createListen, type Listen } from './listen.ts';
import { registerMetricsRoutes } from './metrics-routes.ts';
import { registerPageRoute } from './page-route.ts';
import type { ServerPorts } from './ports.ts';
import { createServerFactory } from './secure-server.ts';
import { registerSlotEventsRoute } from './slot-events-route.ts';
import type { WebSecurity } from './web-security.ts';

export interface ServerOptions {
  readonly ports: ServerPorts;
  readonly telemetryPath: string;
  readonly onError: (error: Error) => void;
  /** How many files the process may have open. Absent if unknown. */
  readonly openFilesLimit?: number;
  /** TLS and authentication. Absent: plain HTTP for every client that reaches the port. */
  readonly security?: WebSecurity;
}

/** No route has a schema. Without this Fastify would load its compilers: 2 MiB and a hundred modules. */
const noCompiler = () => (): never => {
  throw new Error('no route has a schema');
};
const withoutSchemas = { buildValidator: noCompiler, buildSerializer: noCompiler };

export interface BuiltServer {
  readonly server: FastifyInstance;
  readonly listen: Listen;
  /** Ends every connection, for a client that keeps the server from closing. */
  cutConnections(): void;
}

/** The HTTP server with all routes, not yet listening. */
export function buildServer(options: ServerOptions): BuiltServer {
  const { ports, telemetryPath, onError, openFilesLimit, security } = options;
  const server = Fastify({
    logger: false,
    schemaController: { compilersFactory: withoutSchemas },
    bodyLimit: 1024,
    // By default Fastify waits forever. A client that sends half a request must not hold a socket.
    requestTimeout: 10_000,
    connectionTimeout: 150_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    serverFactory: security?.serverFactory ?? createServerFactory(undefined),
  });
  if (security !== undefined) server.addHook('onRequest', security.onRequest);
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) onError(error);
    return reply
      .code(status)
      .type('text/plain; charset=utf-8')
      .send(status >= 500 ? 'internal error; see the log of the exporter\n' : `${error.message}\n`);
  });
  server.setNotFoundHandler((_, reply) =>
    reply.code(404).type('text/plain; charset=utf-8').send('not found; / lists the pages\n'),
  );
  registerMetricsRoutes(server, { ports, telemetryPath });
  registerLifecycleRoutes(server, ports);
  registerPageRoute(server, ports);
  registerSlotEventsRoute(server, ports);
  const connections = limitConnections(server.server, connectionsWithin(openFilesLimit));
  const listen = createListen(server);
  return { server, listen, cutConnections: connections.destroyAll };
}
