import type { FastifyInstance, FastifyReply } from 'fastify';
import { createPlaces } from './places.ts';
import type { ServerPorts } from './ports.ts';
import { renderProbeDebug } from './probe-debug.ts';
import { scrapeDeadline } from './scrape-deadline.ts';
import { sendExposition } from './send-exposition.ts';

const timeoutHeader = 'x-prometheus-scrape-timeout-seconds';

/**
 * Scrapes that are answered at the same time. Further ones get a 503, as with promhttp. Each route has its own limit:
 * clients of /probe must not be able to block /metrics.
 */
const maximumInFlight = 40;

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
  const limitedMetrics = createLimit();
  const limitedProbe = createLimit();

  server.get(telemetryPath, async (request, reply) => {
    const { status, text } = await limitedMetrics(reply, async (signal) => ({
      status: 200,
      text: await ports.renderMetrics({
        deadlineMilliseconds: scrapeDeadline(request.headers[timeoutHeader]),
        signal,
      }),
    }));
    return status === 200
      ? sendExposition(request, reply, text)
      : reply.code(status).type(plainText).send(text);
  });

  server.get<{ Querystring: Record<string, string | string[] | undefined> }>(
    '/probe',
    async (request, reply) => {
      const target = single(request.query['target']);
      if (target === undefined || target === '') {
        return reply
          .code(400)
          .type(plainText)
          .send('parameter target is missing: /probe?target=NAME\n');
      }
      const module = single(request.query['module']);
      const deadlineMilliseconds = scrapeDeadline(request.headers[timeoutHeader]);
      const startedAt = performance.now();
      const { status, text } = await limitedProbe(reply, async (signal) => {
        const probed = await ports.probe({ target, module, deadlineMilliseconds, signal });
        return probed.ok
          ? { status: 200, text: probed.value }
          : { status: probed.error.status, text: `${probed.error.reason}\n` };
      });
      if (status === 200 && single(request.query['debug']) === 'true') {
        const seconds = (performance.now() - startedAt) / 1000;
        const configuration = ports.showModule({ target, module });
        const probe = { target, module, deadlineMilliseconds, seconds, configuration };
        return reply.type(plainText).send(renderProbeDebug(probe, text));
      }
      return status === 200
        ? sendExposition(request, reply, text)
        : reply.code(status).type(plainText).send(text);
    },
  );
}

function createLimit() {
  const takePlace = createPlaces(maximumInFlight);
  return async (
    reply: FastifyReply,
    answer: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    const place = takePlace(reply.raw);
    if (place === undefined) {
      return {
        status: 503,
        text: `more than ${maximumInFlight} scrapes at once, or two on one connection; try again later\n`,
      };
    }
    try {
      return await answer(place.signal);
    } finally {
      place.release();
    }
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const plainText = 'text/plain; charset=utf-8';

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
