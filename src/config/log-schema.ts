import * as z from 'zod';
import { parseLogFormat } from '../parse/log-format/parse-log-format.ts';
import { path, positiveDuration } from './schema-values.ts';

function explainSyslogAddress(address: string): string {
  return /^unix:|^\//.test(address)
    ? 'is a unix socket, on which Node.js cannot receive syslog; write HOST:PORT, such as 127.0.0.1:5140, here and after access_log syslog:server='
    : 'is not an address; write HOST:PORT, such as 127.0.0.1:5140';
}

const ring = z.boolean().default(false).meta({
  description:
    'The log is written by Apache’s "rotatelogs -n", which empties and fills NAME, NAME.1, ... in turn.',
});

/** One access log of a target; exactly one of its sources is given. */
export const accessLog = z
  .strictObject({
    path: path.optional().meta({
      description:
        'A file, or a pattern with * and ?, such as /var/log/pods/shop_web-*/nginx/*.log. Rotation is followed.',
    }),
    syslog: z
      .string()
      .regex(/^(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}$/, {
        error: ({ input }) => explainSyslogAddress(String(input)),
      })
      .optional()
      .meta({ description: 'HOST:PORT on which to receive UDP syslog; use a loopback address.' }),
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
    ring,
    vhosts: z.array(z.string().min(1)).default([]).meta({
      description:
        'Virtual hosts that get their own value of the label vhost; all others share "other".',
    }),
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

export const errorLog = z.strictObject({
  path,
  cri: z.boolean().default(false).meta({
    description: 'The file is a Kubernetes container log: unwrap the lines of stderr.',
  }),
  ring,
});

const buckets = z
  .array(z.number().positive())
  .min(1)
  .refine((bounds) => bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? 0)), {
    error: 'must be in rising order',
  });

export const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How logs of all targets are read and counted. */
export const logs = z.strictObject({
  start: z.enum(['end', 'beginning']).default('end').meta({
    description:
      'Where to start reading a file that existed before the exporter and has no checkpoint.',
  }),
  request_duration_buckets: buckets.default(defaultBuckets),
  upstream_buckets: buckets.default(defaultBuckets),
});

export const checkpoint = z.strictObject({
  directory: path.meta({ description: 'Used by this exporter only, and kept across restarts.' }),
  interval: positiveDuration.default(1000),
});
