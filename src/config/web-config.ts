import * as z from 'zod';
import type { Result } from '../result.ts';
import { parseGoDuration } from './go-duration.ts';
import { flag, section, text } from './go-yaml.ts';
import { type ConfigProblem, parseYaml } from './parse-config.ts';
import { type WebTlsConfig, webTlsSchema } from './web-tls-config.ts';

/** The file of --web.config.file, in the format of Prometheus's exporter-toolkit. */
export interface WebConfig {
  /** Absent: plain HTTP. */
  readonly tls?: WebTlsConfig;
  readonly headers: ReadonlyMap<string, string>;
  /** Bcrypt hash by user name; empty: no authentication. */
  readonly users: ReadonlyMap<string, string>;
  readonly rateLimit?: RateLimit;
}

export interface RateLimit {
  readonly intervalMilliseconds: number;
  readonly burst: number;
}

/**
 * Parses a web config. Files that exporter-toolkit accepts are accepted, with four exceptions that it
 * would serve wrong for ever: min_version above max_version, a rate limit without burst, and a
 * client_allowed_sans that is an empty list, each of which refuses every request; and a bcrypt hash above cost 14,
 * which takes seconds to days to check.
 *
 * Source: exporter-toolkit docs/web-configuration.md, web/tls_config.go, web/handler.go.
 */
export function parseWebConfig(text: string): Result<WebConfig, readonly ConfigProblem[]> {
  return parseYaml(text, webConfigSchema);
}

const oneOf = (...values: readonly string[]) =>
  text.refine((value) => values.includes(value), {
    error: `invalid value; expected one of: ${values.join(', ')}`,
  });

const headers = section({
  'Strict-Transport-Security': text.optional(),
  'X-Content-Type-Options': oneOf('nosniff').optional(),
  'X-Frame-Options': oneOf('deny', 'sameorigin').optional(),
  'X-XSS-Protection': text.optional(),
  'Content-Security-Policy': text.optional(),
}).transform(
  (byName) =>
    new Map(Object.entries(byName).filter((entry): entry is [string, string] => !!entry[1])),
);

/** Each step doubles the time of a check: cost 14 takes a second, 20 a minute, 31 a day and a half. */
const highestCost = 14;

const bcryptHash = z
  .string()
  .regex(/^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/, {
    error: 'is no bcrypt hash; make one with: htpasswd -nBC 10 ""',
  })
  .refine((hash) => !/^\$2.\$\d\d/.test(hash) || Number(hash.slice(4, 6)) <= highestCost, {
    error: ({ input }) =>
      `has bcrypt cost ${String(input).slice(4, 6)}, and ${highestCost} is the highest; make one with: htpasswd -nBC 10 ""`,
  });

/** zod leaves a key `__proto__` out of a record; with that as the only user, everyone would be let in. */
const users = z.preprocess(
  (value, context) => {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
      context.addIssue({ code: 'custom', message: '__proto__ cannot be a user name' });
    }
    return value;
  },
  z.record(z.string(), bcryptHash),
);

const interval = z
  .union([z.string(), z.number()], { error: 'is no duration' })
  .transform((value, context) => {
    // A bare number is what Go's time.Duration counts in: nanoseconds.
    const nanoseconds = typeof value === 'number' ? value : parseGoDuration(value);
    if (nanoseconds !== undefined) return nanoseconds / 1e6;
    context.addIssue({ code: 'custom', message: 'is no duration; write it as 500ms, 1s, 1m30s' });
    return z.NEVER;
  });

const rateLimit = section({ interval: interval.default(0), burst: z.int().default(0) })
  .refine(({ interval: every, burst }) => every <= 0 || burst >= 1, {
    error: 'needs a burst of at least 1; with 0 every request is refused',
    path: ['burst'],
  })
  .transform(({ interval: intervalMilliseconds, burst }): RateLimit | undefined =>
    intervalMilliseconds > 0 ? { intervalMilliseconds, burst } : undefined,
  );

const webConfigSchema = section({
  tls_server_config: webTlsSchema.optional(),
  http_server_config: section({
    // Accepted and without effect: HTTP/1.1 is served whatever it says, which every HTTP/2 client speaks.
    http2: flag.optional(),
    headers: headers.optional(),
  }).optional(),
  rate_limit: rateLimit.optional(),
  basic_auth_users: users.optional(),
}).transform(({ tls_server_config: tls, http_server_config, rate_limit, basic_auth_users }) => ({
  ...(tls === undefined ? {} : { tls }),
  headers: http_server_config?.headers ?? new Map<string, string>(),
  users: new Map(Object.entries(basic_auth_users ?? {})),
  ...(rate_limit === undefined ? {} : { rateLimit: rate_limit }),
}));
