import * as z from 'zod';
import { checkpoint, defaultBuckets, logs } from './log-schema.ts';
import { probe } from './probe-schema.ts';
import { target } from './target-schema.ts';

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
          message: `"${name}" is used twice; give each target its own name`,
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
