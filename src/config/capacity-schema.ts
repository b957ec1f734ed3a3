import * as z from 'zod';
import { count, duration, path } from './schema-values.ts';

/** The limits of a server, where its status page does not contain them. */
export const capacity = z
  .strictObject({
    slots: count
      .optional()
      .meta({ description: 'Apache: MaxRequestWorkers. nginx: connections of all workers.' }),
    config_file: path.optional().meta({
      description:
        'Main configuration file of the server, read with its includes: for the audit and, with nginx, for the limit.',
    }),
    worker_processes: count.optional().meta({
      description: 'nginx: worker_processes, instead of the value in config_file or of "auto".',
    }),
    worker_connections: count
      .optional()
      .meta({ description: 'nginx: worker_connections, instead of the value in config_file.' }),
    cpu_count: count
      .optional()
      .meta({ description: 'nginx: number of CPUs that "worker_processes auto" counts.' }),
    threads_per_child: count.optional().meta({ description: 'Apache event: ThreadsPerChild.' }),
    keepalive_timeout: duration.optional().meta({
      description:
        'KeepAliveTimeout or keepalive_timeout in force, for the advice, where config_file does not contain it. Default: that of the server, 5s for Apache, 75s for nginx.',
    }),
    async_request_worker_factor: z.number().min(1).optional().meta({
      description: 'Apache event: AsyncRequestWorkerFactor (the server’s default is 2).',
    }),
  })
  .refine(
    ({ slots, config_file, worker_processes, worker_connections }) =>
      (slots ?? config_file) !== undefined ||
      (worker_processes === undefined) === (worker_connections === undefined),
    { error: 'needs both worker_processes and worker_connections, or config_file' },
  );
