import * as z from 'zod';
import { serverKinds } from '../snapshot/status-page.ts';
import { capacity } from './capacity-schema.ts';
import { http } from './http-schema.ts';
import { accessLog, errorLog } from './log-schema.ts';
import { duration, path, port, positiveDuration } from './schema-values.ts';

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

/** A server that is watched. */
export const target = z
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
    // For the advice from the log.
    capacity: access_logs.length === 0 && Object.keys(capacity).length > 0,
    sampling: sampling.interval !== undefined || sampling.observation_lane,
    listen: others.listen !== undefined,
    processes: others.processes !== undefined,
    slot_table: others.slot_table !== undefined,
  };
  const message = 'needs status_url: of a target without it only the logs are read';
  return Object.entries(given).flatMap(([path, isGiven]) => (isGiven ? [{ path, message }] : []));
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
