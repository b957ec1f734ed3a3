import * as z from 'zod';
import { connectionThresholds } from '../derive/log-fold.ts';
import type { InputPlace } from '../io/log-input.ts';
import { type ErrorLogEvent, errorLogEvents } from '../parse/error-log-event.ts';
import { err, ok, type Result } from '../result.ts';
import { logMethods, logProtocols } from '../snapshot/log-record.ts';

/** Raise it when the meaning of a field changes. */
const version = 1;
/** Counts are saved in the order of these lists. In another order they would belong to other labels. */
const order = [logMethods, logProtocols, connectionThresholds].map((list) => list.join(' '));

const count = z.number().nonnegative();
const whole = z.int().nonnegative();
const totals = { readBytes: whole, skippedBytes: whole, rotations: whole, tooLongLines: whole };
const filePlace = z.strictObject({
  dev: whole,
  ino: whole,
  offset: whole,
  headBytes: whole,
  headHash: z.string(),
  markerBytes: whole,
  markerHash: z.string(),
});
const fileMark = z.strictObject({
  key: z.string(),
  headBytes: whole,
  headHash: z.string(),
  bytes: whole.nullable(),
});
const follow = z.strictObject({
  places: z.array(filePlace),
  siblings: z.array(fileMark).nullable(),
  unfinished: z.string().default(''),
  ...totals,
});
const place = z.strictObject({
  files: z.record(z.string(), follow),
  gone: z.strictObject(totals),
});
const target = z.strictObject({
  // Checked against the counts of the current configuration (derive/restore-counts.ts).
  access: z.unknown().optional(),
  // Events that only another version of the exporter counts are dropped.
  errorEvents: z.record(z.string(), count).transform(knownEvents),
  places: z.record(z.string(), place),
  removedSince: count.nullable().default(null),
  unreadSince: z.record(z.string(), count).default({}),
});
const record = z.strictObject({
  version: z.literal(version),
  order: z.array(z.string()),
  // Not z.record, which drops a target called `__proto__`.
  targets: z.preprocess(entriesOf, z.array(z.tuple([z.string(), target]))),
});

/** Places and counts of one target. They are taken at the same moment, and are valid only together. */
export interface SavedTarget {
  readonly access?: unknown;
  readonly errorEvents: Readonly<Partial<Record<ErrorLogEvent, number>>>;
  readonly places: Readonly<Record<string, InputPlace>>;
  /** Unix time in seconds at which the target was removed from the configuration; null while it is there. */
  readonly removedSince: number | null;
  /** The same for each place that no input continues from. */
  readonly unreadSince: Readonly<Record<string, number>>;
}

export type SavedTargets = Readonly<Record<string, SavedTarget>>;

export function buildRecord(targets: SavedTargets): unknown {
  return { version, order, targets };
}

/** @returns the error explains why the record cannot be used; an absent record is an empty one */
export function parseRecord(value: unknown): Result<SavedTargets, string> {
  if (value === undefined) return ok({});
  const parsed = record.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    return err(`field "${field}" is not valid (${issue?.message}); counters restart at zero`);
  }
  const { data } = parsed;
  if (data.order.join('\n') !== order.join('\n')) {
    return err('another version wrote it, with other labels; counters restart at zero');
  }
  return ok(Object.fromEntries(data.targets));
}

function knownEvents(counts: Readonly<Record<string, number>>): SavedTarget['errorEvents'] {
  const known = errorLogEvents.flatMap((event) => {
    const value = Object.hasOwn(counts, event) ? counts[event] : undefined;
    return value === undefined ? [] : [[event, value] as const];
  });
  return Object.fromEntries(known);
}

function entriesOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value) : value;
}
