import * as z from 'zod';
import { serverKinds } from '../snapshot/status-page.ts';
import { capacity } from './capacity-schema.ts';
import { http } from './http-schema.ts';
import { accessLog, errorLog } from './log-schema.ts';
import { duration, path, port, positiveDuration } from './schema-values.ts';

const sampling = z.strictObject({
  interval: duration.optional().meta({
    description:
      'Time between two samples; 0s turns sampling off. Default: 1s, longer with more than 50 targets.',
  }),
  observation_lane: z.boolean().default(false).meta({
    description:
      'Apache prefork and worker: keep one connection (and its slot) open, so that the status page can be read while the server is full.',
  }),
});

/** `http(s)://host[:port]/path`, or `unix:/path.sock:/uri` as in nginx-prometheus-exporter. */
const statusUrl = z.string().refine(isStatusUrl, {
  error:
    'is not a status URL; write http://HOST/server-status?auto, or unix:/PATH.sock:/stub_status for nginx',
});

function isStatusUrl(text: string): boolean {
  if (/^unix:\/[^:]+:\/\S*$/.test(text)) return true;
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

const addressAndPort = z.string().regex(/^(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/, {
  error: 'is not a port or ADDRESS:PORT; write one such as 80, 127.0.0.2:80 or [::1]:80',
});

/** One server. */
export const target = z
  .strictObject({
    name: z.string().min(1).max(200).meta({ description: 'Value of the label target.' }),
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
          'Ports on which visitors reach this server, where the network namespace is shared; ADDRESS:PORT where servers share a port. Default, with a status_url on loopback: the ports of the process that listens there, found by its process tree, configuration file, control group or pod.',
      }),
    slot_table: z
      .strictObject({
        interval: positiveDuration.default(15_000),
        mask_clients: z.boolean().default(false).meta({
          description: 'Show networks (203.0.113.x) instead of client addresses on the page.',
        }),
      })
      .optional()
      .meta({
        description:
          'Apache: read the HTML status page too, which lists the clients that hold slots.',
      }),
    access_logs: z.array(accessLog).default([]),
    error_logs: z.array(errorLog).default([]),
    processes: z
      .strictObject({
        pid_file: path.optional().meta({ description: 'The PID file of the server.' }),
        listener: z.literal(true).optional().meta({
          description:
            'The process that listens on the target’s ports. Finding it needs root or the user of the server.',
        }),
        pattern: z
          .string()
          .refine(isPattern, { error: 'is not a valid regular expression' })
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
    error: 'is for Apache only: nginx has no page that lists its connections',
    path: ['slot_table'],
  })
  .refine(({ server, sampling }) => server === 'apache' || !sampling.observation_lane, {
    error: 'is for Apache prefork and worker only: in nginx an idle connection blocks nothing',
    path: ['sampling', 'observation_lane'],
  })
  .refine(({ server, status_url = '' }) => server === 'nginx' || !status_url.startsWith('unix:'), {
    error: 'unix: is for nginx only: Apache listens on TCP',
    path: ['status_url'],
  })
  .superRefine((target, context) => {
    if (target.status_url !== undefined) return;
    for (const { path, message } of problemsWithoutStatusPage(target)) {
      context.addIssue({ code: 'custom', message, path: [path] });
    }
  });

/** The problems of a logs-only target. */
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
    const message = 'is missing; set it, or access_logs, or error_logs';
    return [{ path: 'status_url', message }];
  }
  const given = {
    // With access logs it is for the advice.
    capacity: access_logs.length === 0 && Object.keys(capacity).length > 0,
    sampling: sampling.interval !== undefined || sampling.observation_lane,
    listen: others.listen !== undefined,
    processes: others.processes !== undefined,
    slot_table: others.slot_table !== undefined,
  };
  const message = 'needs status_url: without it only the logs of a target are read';
  return Object.entries(given).flatMap(([path, isGiven]) => (isGiven ? [{ path, message }] : []));
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
