import * as z from 'zod';
import { durationPattern, parseDuration } from './durations.ts';

/** A duration in milliseconds, in Prometheus' format. */
export const duration = z
  .string({
    error: ({ input }) =>
      typeof input === 'number' && Number.isInteger(input) && input >= 0
        ? `write a duration, such as "${input}s" (found the number ${input})`
        : undefined,
  })
  .regex(durationPattern, 'is not a duration; write one such as 500ms, 5s or 1m30s')
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ description: 'A duration, such as 500ms, 5s or 1m30s.' });

export const positiveDuration = duration.refine((ms) => ms > 0, 'must be longer than 0');

export const path = z.string().min(1);
export const port = z.int().min(1).max(65_535);
export const count = z.int().positive();
