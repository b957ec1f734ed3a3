import type { FastifyInstance } from 'fastify';
import { expositionContentType } from '../metrics/registry.ts';
import type { ServerPorts } from './ports.ts';
import { scrapeDeadline } from './scrape-deadline.ts';

const timeoutHeader = 'x-prometheus-scrape-timeout-seconds';

/** Scrapes answered at once; more are told to come back, as promhttp does. */
const mostScrapesInFlight = 40;

export interface MetricsRoutesOptions {
  readonly ports: ServerPorts;
  readonly telemetryPath: string;
}

/** `/metrics` and `/probe`. Only the text format is served; every Prometheus accepts it. */
export function registerMetricsRoutes(
  server: FastifyInstance,
  options: MetricsRoutesOptions,
): void {
  const { ports, telemetryPath } = options;
  let inFlight = 0;
  const limited = async (answer: () => Promise<Answer>): Promise<Answer> => {
    if (inFlight >= mostScrapesInFlight) {
      return { status: 503, text: `more than ${mostScrapesInFlight} scrapes at once; try again\n` };
    }
    inFlight += 1;
    try {
      return await answer();
    } finally {
      inFlight -= 1;
    }
  };

  server.get(telemetryPath, async (request, reply) => {
    const { status, text } = await limited(async () => ({
      status: 200,
      text: await ports.renderMetrics(scrapeDeadline(request.headers[timeoutHeader])),
    }));
    return reply
      .code(status)
      .type(status === 200 ? expositionContentType : plainText)
      .send(text);
  });

  server.get<{ Querystring: Record<string, string | string[] | undefined> }>(
    '/probe',
    async (request, reply) => {
      const target = single(request.query['target']);
      if (target === undefined || target === '') {
        return reply.code(400).type(plainText).send('parameter target is missing\n');
      }
      const { status, text } = await limited(async () => {
        const probed = await ports.probe({
          target,
          module: single(request.query['module']),
          deadlineMilliseconds: scrapeDeadline(request.headers[timeoutHeader]),
        });
        return probed.ok
          ? { status: 200, text: probed.value }
          : { status: probed.error.status, text: `${probed.error.reason}\n` };
      });
      return reply
        .code(status)
        .type(status === 200 ? expositionContentType : plainText)
        .send(text);
    },
  );
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const plainText = 'text/plain; charset=utf-8';

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
