import * as z from 'zod';
import { durationPattern, parseDuration } from './durations.ts';

/** A duration in milliseconds, written as Prometheus writes it. */
export const duration = z
  .string({
    error: ({ input }) =>
      typeof input === 'number' && Number.isInteger(input) && input >= 0
        ? `is the number ${input}, without a unit; write ${input}s for seconds`
        : undefined,
  })
  .regex(durationPattern, 'is not a duration; write it as Prometheus does: 500ms, 5s, 1m30s')
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ description: 'A duration as Prometheus writes it: 500ms, 5s, 1m30s.' });

export const positiveDuration = duration.refine((ms) => ms > 0, 'must be longer than 0');

export const path = z.string().min(1);
export const port = z.int().min(1).max(65_535);
export const count = z.int().positive();
