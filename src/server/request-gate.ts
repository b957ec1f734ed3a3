import type { FastifyReply, onRequestAsyncHookHandler } from 'fastify';
import type { ConfigProblem } from '../config/parse-config.ts';
import type { RateLimit, WebConfig } from '../config/web-config.ts';
import type { Result } from '../result.ts';
import type { RefusalReason } from '../snapshot/refused-clients.ts';
import { type AuthVerdict, createBasicAuth } from './basic-auth.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

export interface RequestGateOptions {
  /** Called for each request. */
  readonly readConfig: () => Result<WebConfig, readonly ConfigProblem[]>;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Called for each request with the problems of the configuration; empty when there is none. */
  readonly onConfig: (problems: readonly ConfigProblem[]) => void;
  /** Called for each request that is refused because of its client. */
  readonly onRefused: (reason: RefusalReason, address: string) => void;
}

/**
 * The checks of exporter-toolkit before a route runs, in the same order: configuration, rate, headers, user.
 * With a configuration that cannot be read every request is refused: the new one may be stricter.
 */
export function createRequestGate(options: RequestGateOptions): onRequestAsyncHookHandler {
  const passes = createLimiter(options.now);
  const authenticate = createBasicAuth({ now: options.now });
  return async (request, reply) => {
    const config = options.readConfig();
    options.onConfig(config.ok ? [] : config.error);
    if (!config.ok) return refuse(reply, 500, 'Internal Server Error');
    const { headers, rateLimit, users } = config.value;
    const address = request.socket.remoteAddress ?? '';
    if (!passes(rateLimit)) {
      options.onRefused('rate_limit', address);
      return refuse(reply, 429, 'Too Many Requests');
    }
    for (const [name, value] of headers) reply.header(name, value);
    if (users.size === 0) return;
    const header = request.headers.authorization;
    const verdict = await authenticate({ header, address, users });
    if (verdict === 'accepted') return;
    options.onRefused(header === undefined ? 'no_password' : refusals[verdict], address);
    if (verdict === 'limited') return refuse(reply, 429, 'Too Many Requests');
    if (verdict === 'busy') return refuse(reply, 503, 'Service Unavailable');
    return refuse(reply.header('www-authenticate', 'Basic'), 401, 'Unauthorized');
  };
}

const refusals: Readonly<Record<Exclude<AuthVerdict, 'accepted'>, RefusalReason>> = {
  refused: 'password',
  busy: 'busy',
  limited: 'too_many_failures',
};

function refuse(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);
}

/** One bucket for the whole server. A new limit starts with a full bucket. */
function createLimiter(now: () => number): (limit: RateLimit | undefined) => boolean {
  let last: { limit: RateLimit; bucket: TokenBucket } | undefined;
  return (limit) => {
    if (limit === undefined) return true;
    if (
      last?.limit.burst !== limit.burst ||
      last.limit.intervalMilliseconds !== limit.intervalMilliseconds
    ) {
      last = { limit, bucket: createTokenBucket(limit, now) };
    }
    return last.bucket.take();
  };
}
