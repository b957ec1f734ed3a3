import type { FastifyInstance } from 'fastify';
import type { ServerPorts } from './ports.ts';

const plainText = 'text/plain; charset=utf-8';

/** `/-/healthy`, `/-/ready`, `/-/reload`, `/config`, `/advice` and `/targets`. */
export function registerLifecycleRoutes(server: FastifyInstance, ports: ServerPorts): void {
  server.get('/-/healthy', (_, reply) => reply.type(plainText).send('healthy\n'));

  server.get('/-/ready', (_, reply) =>
    ports.isReady()
      ? reply.type(plainText).send('ready\n')
      : reply.code(503).type(plainText).send('not ready\n'),
  );

  const reload = async () => {
    const reloaded = await ports.reload();
    return reloaded.ok
      ? { status: 200, text: 'configuration reloaded\n' }
      : {
          status: 500,
          text: `the old configuration stays in force:\n${reloaded.error.join('\n')}\n`,
        };
  };
  for (const method of ['POST', 'PUT'] as const) {
    server.route({
      method,
      url: '/-/reload',
      handler: async (_, reply) => {
        const { status, text } = await reload();
        return reply.code(status).type(plainText).send(text);
      },
    });
  }
  server.get('/-/reload', (_, reply) =>
    reply.code(405).header('allow', 'POST, PUT').type(plainText).send('use POST\n'),
  );

  server.get('/config', (_, reply) =>
    reply.type('text/yaml; charset=utf-8').send(ports.showConfig()),
  );

  server.get('/advice', (_, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(ports.showAdvice())),
  );

  // HTTP service discovery: each configured target becomes a scrape of /probe of this exporter, so that Prometheus
  // can distribute the targets (hashmod) and label them. Each has its own `instance`, or all would share one `up`. A
  // label `server` would replace the label of the metrics.
  server.get('/targets', (request, reply) =>
    reply.type('application/json; charset=utf-8').send(
      ports.listTargets().map(({ name, server: kind }) => ({
        targets: [request.host],
        labels: {
          __metrics_path__: '/probe',
          __param_target: name,
          __meta_keepalive_exporter_server: kind,
          instance: name,
        },
      })),
    ),
  );
}
