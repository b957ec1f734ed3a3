import * as z from 'zod';
import { serverKinds } from '../snapshot/status-page.ts';
import { capacity } from './capacity-schema.ts';
import { http } from './http-schema.ts';
import { count, port, positiveDuration } from './schema-values.ts';

const probeAllow = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Host name; a leading "*." matches any subdomain.' }),
    cidr: z
      .union([z.cidrv4(), z.cidrv6()], 'is not a network; write one such as 10.0.0.0/8 or fd00::/8')
      .optional(),
    ports: z
      .array(port)
      .min(1)
      .optional()
      .meta({ description: 'Allowed ports; default 80 and 443.' }),
  })
  .refine(({ host, cidr }) => (host === undefined) !== (cidr === undefined), {
    error: 'needs exactly one of host and cidr',
  });

const probeModule = z.strictObject({
  server: z.enum(serverKinds),
  path: z.string().startsWith('/').default('/'),
  scheme: z.enum(['http', 'https']).default('http'),
  timeout: positiveDuration.default(5000),
  http: http.default({ headers: {} }),
  capacity: capacity.default({}),
  keepalive: z
    .strictObject({
      max_requests: count.max(1000).default(20).meta({
        description:
          'Maximum number of requests on one connection; a limit of the server is detected if it is lower.',
      }),
      connections: count.max(10).default(2).meta({
        description: 'Idle connections that wait for the server to close them.',
      }),
    })
    .optional()
    .meta({
      description:
        'Measure connections as check-keepalive does, for as long as the scrape timeout allows, instead of reading a status page.',
    }),
});

/** What /probe may reach, and how. */
export const probe = z.strictObject({
  allow: z.array(probeAllow).default([]),
  modules: z.record(z.string().min(1), probeModule).default({}),
});
