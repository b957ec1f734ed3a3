import * as z from 'zod';
import { present } from '../present.ts';
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
 * Parses a web config. Files that exporter-toolkit accepts are accepted, with four exceptions. With min_version above
 * max_version, a rate limit without burst, or an empty list client_allowed_sans it would refuse every request. A bcrypt
 * hash above cost 14 would take seconds to days to check.
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
const maximumCost = 14;

const bcryptHash = z
  .string()
  .regex(/^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/, {
    error: 'is not a bcrypt hash; make one with: htpasswd -nBC 10 ""',
  })
  .refine((hash) => !/^\$2.\$\d\d/.test(hash) || Number(hash.slice(4, 6)) <= maximumCost, {
    error: ({ input }) =>
      `has bcrypt cost ${String(input).slice(4, 6)}, and ${maximumCost} is the maximum; make one with: htpasswd -nBC 10 ""`,
  });

/** zod drops a key `__proto__` of a record. As the only user it would turn authentication off. */
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
  .union([z.string(), z.number()], {
    error: 'is not a duration; write one such as 500ms, 1s or 1m30s',
  })
  .transform((value, context) => {
    // A bare number is in nanoseconds, the unit of Go's time.Duration.
    const nanoseconds = typeof value === 'number' ? value : parseGoDuration(value);
    if (nanoseconds !== undefined) return nanoseconds / 1e6;
    context.addIssue({
      code: 'custom',
      message: 'is not a duration; write one such as 500ms, 1s or 1m30s',
    });
    return z.NEVER;
  });

const rateLimit = section({ interval: interval.default(0), burst: z.int().default(0) })
  .refine(({ interval: every, burst }) => every <= 0 || burst >= 1, {
    error: 'needs a burst of at least 1: with 0 every request is refused',
    path: ['burst'],
  })
  .transform(({ interval: intervalMilliseconds, burst }): RateLimit | undefined =>
    intervalMilliseconds > 0 ? { intervalMilliseconds, burst } : undefined,
  );

const webConfigSchema = section({
  tls_server_config: webTlsSchema.optional(),
  http_server_config: section({
    // Accepted without effect: the exporter serves HTTP/1.1, which every HTTP/2 client supports.
    http2: flag.optional(),
    headers: headers.optional(),
  }).optional(),
  rate_limit: rateLimit.optional(),
  basic_auth_users: users.optional(),
}).transform(({ tls_server_config: tls, http_server_config, rate_limit, basic_auth_users }) => ({
  ...present({ tls, rateLimit: rate_limit }),
  headers: http_server_config?.headers ?? new Map<string, string>(),
  users: new Map(Object.entries(basic_auth_users ?? {})),
}));
