import { z } from 'zod';
import { parseLogFormat } from '../parse/log-format/parse-log-format.ts';
import { serverKinds } from '../snapshot/status-page.ts';
import { durationPattern, parseDuration } from './durations.ts';

/** A duration in milliseconds, written as Prometheus writes it. */
const duration = z
  .string({
    error: ({ input }) =>
      typeof input === 'number' && Number.isInteger(input) && input >= 0
        ? `is the number ${input}, without a unit; write ${input}s for seconds`
        : undefined,
  })
  .regex(durationPattern, 'is not a duration; write it as Prometheus does: 500ms, 5s, 1m30s')
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ description: 'A duration as Prometheus writes it: 500ms, 5s, 1m30s.' });

const positiveDuration = duration.refine((ms) => ms > 0, 'must be longer than 0');

const path = z.string().min(1);
const port = z.int().min(1).max(65_535);
const count = z.int().positive();

const tls = z.strictObject({
  ca_file: path
    .optional()
    .meta({ description: 'Certificates (PEM) to trust instead of the system’s.' }),
  cert_file: path.optional().meta({ description: 'Client certificate (PEM).' }),
  key_file: path.optional().meta({ description: 'Key of the client certificate (PEM).' }),
  server_name: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Name the certificate must carry.' }),
  insecure_skip_verify: z.boolean().default(false).meta({
    description: 'Accept any certificate. Anyone on the way can then read the credentials.',
  }),
});

const basicAuth = z
  .strictObject({
    username: z.string(),
    password: z.string().optional(),
    password_file: path.optional(),
  })
  .refine(
    ({ password, password_file }) => (password === undefined) !== (password_file === undefined),
    {
      error: 'needs exactly one of password and password_file',
    },
  );

const http = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Host header, for a status page of one virtual host.' }),
    headers: z.record(z.string(), z.string()).default({}),
    basic_auth: basicAuth.optional(),
    bearer_token: z.string().optional(),
    bearer_token_file: path.optional(),
    tls: tls.optional(),
  })
  .refine(
    ({ bearer_token, bearer_token_file }) =>
      bearer_token === undefined || bearer_token_file === undefined,
    {
      error: 'takes only one of bearer_token and bearer_token_file',
    },
  )
  .refine(
    ({ basic_auth, bearer_token, bearer_token_file }) =>
      basic_auth === undefined || (bearer_token ?? bearer_token_file) === undefined,
    { error: 'takes either basic_auth or a bearer token, not both' },
  );

const capacity = z
  .strictObject({
    slots: count
      .optional()
      .meta({ description: 'Apache: MaxRequestWorkers. nginx: connections of all workers.' }),
    config_file: path.optional().meta({
      description:
        'Main configuration file of the server, read with its includes: for its audit and, of nginx, for its limit.',
    }),
    worker_processes: count
      .optional()
      .meta({ description: 'nginx; replaces "auto" and the file.' }),
    worker_connections: count.optional().meta({ description: 'nginx; replaces the file.' }),
    cpu_count: count
      .optional()
      .meta({ description: 'nginx: what "worker_processes auto" means there.' }),
    threads_per_child: count.optional().meta({ description: 'Apache event: ThreadsPerChild.' }),
    keepalive_timeout: duration.optional().meta({
      description:
        'KeepAliveTimeout or keepalive_timeout now in force, where config_file does not tell it: for the advice. Default: that of the server, 5s for Apache, 75s for nginx.',
    }),
    async_request_worker_factor: z.number().min(1).optional().meta({
      description: 'Apache event: AsyncRequestWorkerFactor (the server’s default is 2).',
    }),
  })
  .refine(
    ({ slots, config_file, worker_processes, worker_connections }) =>
      (slots ?? config_file) !== undefined ||
      (worker_processes === undefined) === (worker_connections === undefined),
    { error: 'needs worker_processes and worker_connections together, or config_file' },
  );

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

const sampling = z.strictObject({
  interval: duration.optional().meta({
    description:
      'Time between two samples; 0s turns sampling off. Default 1s, more with over 50 targets.',
  }),
  observation_lane: z.boolean().default(false).meta({
    description:
      'Apache prefork and worker: keep one connection (and its slot) open, so the status page can be read while the server is full.',
  }),
});

const accessLog = z
  .strictObject({
    path: path.optional().meta({
      description:
        'A file, or a pattern with * and ?, such as /var/log/pods/shop_web-*/nginx/*.log. Rotation is followed.',
    }),
    syslog: z
      .string()
      .regex(/^(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}$/, 'is no HOST:PORT')
      .optional()
      .meta({ description: 'HOST:PORT to receive UDP syslog on; keep it on loopback.' }),
    stdin: z.literal(true).optional(),
    pipe: path
      .optional()
      .meta({ description: 'A named pipe (mkfifo) that a server or forwarder writes to.' }),
    format: z.string().default('combined').meta({
      description:
        'A name of docs/log-formats.md (such as combined, main, upstreaminfo, json), an nginx log_format or an Apache LogFormat.',
    }),
    format_file: path.optional().meta({
      description:
        'The server’s configuration file in which format is the name of a log_format or LogFormat.',
    }),
    json_keys: z.record(z.string(), z.string()).optional().meta({
      description: 'For json: key in the line → nginx variable, such as {code: $status}.',
    }),
    cri: z.boolean().default(false).meta({
      description: 'The file is a Kubernetes container log: unwrap the lines of stdout.',
    }),
    vhosts: z
      .array(z.string().min(1))
      .default([])
      .meta({ description: 'Adds the label vhost for these; all others are "other".' }),
  })
  .refine(
    ({ path, syslog, stdin, pipe }) =>
      [path, syslog, stdin, pipe].filter((source) => source !== undefined).length === 1,
    { error: 'needs exactly one of path, syslog, stdin and pipe' },
  )
  .superRefine(({ format, format_file }, context) => {
    if (format_file !== undefined) return;
    const parsed = parseLogFormat({ format });
    if (!parsed.ok) {
      context.addIssue({
        code: 'custom',
        message: `cannot be used: ${parsed.error}`,
        path: ['format'],
      });
    }
  });

const errorLog = z.strictObject({
  path,
  cri: z.boolean().default(false).meta({
    description: 'The file is a Kubernetes container log: unwrap the lines of stderr.',
  }),
});

const buckets = z
  .array(z.number().positive())
  .min(1)
  .refine((bounds) => bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? 0)), {
    error: 'must rise',
  });

const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const logs = z.strictObject({
  start: z.enum(['end', 'beginning']).default('end').meta({
    description: 'Where a file begins that was there before the exporter and has no checkpoint.',
  }),
  request_duration_buckets: buckets.default(defaultBuckets),
  upstream_buckets: buckets.default(defaultBuckets),
});

const checkpoint = z.strictObject({
  directory: path.meta({ description: 'Of this exporter alone; kept across restarts.' }),
  interval: positiveDuration.default(1000),
});

/** `http(s)://host[:port]/path`, or `unix:/path.sock:/uri` as nginx's own exporter writes it. */
const statusUrl = z.string().refine(isStatusUrl, {
  error:
    'is no status URL; write http://HOST/server-status?auto, or unix:/PATH.sock:/stub_status for nginx',
});

function isStatusUrl(text: string): boolean {
  if (/^unix:\/[^:]+:\/\S*$/.test(text)) return true;
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

const addressAndPort = z.string().regex(/^(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/, {
  error: 'is not a port or ADDRESS:PORT; write 80, 127.0.0.2:80 or [::1]:80',
});

const target = z
  .strictObject({
    name: z.string().min(1).max(200).meta({ description: 'Becomes the label target.' }),
    server: z.enum(serverKinds),
    status_url: statusUrl.optional().meta({
      description: 'The status page. Without it only the logs of the target are read.',
    }),
    timeout: positiveDuration.default(5000),
    http: http.default({ headers: {} }),
    capacity: capacity.default({}),
    sampling: sampling.default({ observation_lane: false }),
    listen: z
      .array(z.union([port, addressAndPort]))
      .optional()
      .meta({
        description:
          'Ports on which visitors reach this server, where the network namespace is shared; ADDRESS:PORT where servers share a port. Default: found by the processes, the configuration file, the control group or the pod of whoever listens on the port of a status_url on loopback.',
      }),
    slot_table: z
      .strictObject({
        interval: positiveDuration.default(15_000),
        mask_clients: z.boolean().default(false).meta({
          description: 'Show networks (203.0.113.x) instead of client addresses on the page.',
        }),
      })
      .optional()
      .meta({ description: 'Apache: read the HTML status page too, for who holds slots.' }),
    access_logs: z.array(accessLog).default([]),
    error_logs: z.array(errorLog).default([]),
    processes: z
      .strictObject({
        pid_file: path.optional().meta({ description: 'The PID file of the server.' }),
        listener: z.literal(true).optional().meta({
          description: 'Whoever listens on the target’s ports; finding out needs root or its user.',
        }),
        pattern: z
          .string()
          .refine(isPattern, { error: 'is no regular expression' })
          .optional()
          .meta({
            description:
              'A regular expression that the command line matches, such as ^nginx: master.',
          }),
      })
      .refine(
        ({ pid_file, listener, pattern }) =>
          [pid_file, listener, pattern].filter((way) => way !== undefined).length === 1,
        { error: 'needs exactly one of pid_file, listener and pattern' },
      )
      .optional()
      .meta({ description: 'The server’s processes, where the PID namespace is shared.' }),
  })
  .refine(({ server, slot_table }) => server === 'apache' || slot_table === undefined, {
    error: 'is for Apache: nginx has no page that lists its connections',
    path: ['slot_table'],
  })
  .refine(({ server, sampling }) => server === 'apache' || !sampling.observation_lane, {
    error: 'is for Apache prefork and worker: an idle connection blocks nothing in nginx',
    path: ['sampling', 'observation_lane'],
  })
  .refine(({ server, status_url = '' }) => server === 'nginx' || !status_url.startsWith('unix:'), {
    error: 'Apache listens on TCP only; unix: is for nginx',
    path: ['status_url'],
  })
  .superRefine((target, context) => {
    if (target.status_url !== undefined) return;
    for (const { path, message } of problemsWithoutStatusPage(target)) {
      context.addIssue({ code: 'custom', message, path: [path] });
    }
  });

/** What is wrong with a target of which only logs are to be read. */
function problemsWithoutStatusPage(target: {
  readonly access_logs: readonly unknown[];
  readonly error_logs: readonly unknown[];
  readonly capacity: object;
  readonly sampling: { readonly interval?: number | undefined; readonly observation_lane: boolean };
  readonly listen?: unknown;
  readonly processes?: unknown;
  readonly slot_table?: unknown;
}): readonly { readonly path: string; readonly message: string }[] {
  const { access_logs, error_logs, capacity, sampling, ...others } = target;
  if (access_logs.length + error_logs.length === 0) {
    const message = 'is missing; without it, access_logs or error_logs must say what to read';
    return [{ path: 'status_url', message }];
  }
  const given = {
    capacity: Object.keys(capacity).length > 0,
    sampling: sampling.interval !== undefined || sampling.observation_lane,
    listen: others.listen !== undefined,
    processes: others.processes !== undefined,
    slot_table: others.slot_table !== undefined,
  };
  const message = 'needs status_url: of a target without it only the logs are read';
  return Object.entries(given).flatMap(([path, isGiven]) => (isGiven ? [{ path, message }] : []));
}

const probeAllow = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Host name; a leading "*." matches any subdomain.' }),
    cidr: z.union([z.cidrv4(), z.cidrv6()]).optional(),
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
        description: 'Most requests on one connection; the limit of the server is found below it.',
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

const probe = z.strictObject({
  allow: z.array(probeAllow).default([]),
  modules: z.record(z.string().min(1), probeModule).default({}),
});

/** The whole configuration file. config.schema.json is generated from this. */
export const configSchema = z
  .strictObject({
    targets: z.array(target).default([]),
    probe: probe.default({ allow: [], modules: {} }),
    checkpoint: checkpoint.optional().meta({
      description: 'Where log positions and counts survive a restart.',
    }),
    logs: logs.default({
      start: 'end',
      request_duration_buckets: defaultBuckets,
      upstream_buckets: defaultBuckets,
    }),
  })
  .superRefine(({ targets }, context) => {
    const seen = new Set<string>();
    targets.forEach(({ name }, index) => {
      if (seen.has(name)) {
        context.addIssue({
          code: 'custom',
          message: `"${name}" is used twice`,
          path: ['targets', index, 'name'],
        });
      }
      seen.add(name);
    });
  });

export type Config = z.output<typeof configSchema>;
export type TargetConfig = Config['targets'][number];
export type HttpConfig = TargetConfig['http'];
export type CapacityConfig = TargetConfig['capacity'];
export type LogsConfig = Config['logs'];
export type ProbeConfig = Config['probe'];
export type ProbeModule = ProbeConfig['modules'][string];
