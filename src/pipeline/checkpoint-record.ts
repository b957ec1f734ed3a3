import * as z from 'zod';
import { connectionThresholds } from '../derive/log-fold.ts';
import type { InputPlace } from '../io/log-input.ts';
import { err, ok, type Result } from '../result.ts';
import { logMethods, logProtocols } from '../snapshot/log-record.ts';

/** To be raised when the meaning of a field changes. */
const version = 1;
/** Counts are kept by the order of these lists: in another order they would be other labels' counts. */
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
  // Compared with what is counted now, when that is known (derive/restore-counts.ts).
  access: z.unknown().optional(),
  errorEvents: z.record(z.string(), count),
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

/** Places and counts of one target belong together: they are taken in one moment. */
export interface SavedTarget {
  readonly access?: unknown;
  readonly errorEvents: Readonly<Record<string, number>>;
  readonly places: Readonly<Record<string, InputPlace>>;
  /** Unix time in seconds at which the configuration no longer had the target; null while it has. */
  readonly removedSince: number | null;
  /** The same for each place that no input goes on from. */
  readonly unreadSince: Readonly<Record<string, number>>;
}

export type SavedTargets = Readonly<Record<string, SavedTarget>>;

export function buildRecord(targets: SavedTargets): unknown {
  return { version, order, targets };
}

/** @returns in words why a record is not used; an absent record is an empty one */
export function parseRecord(value: unknown): Result<SavedTargets, string> {
  if (value === undefined) return ok({});
  const parsed = record.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    return err(`its field "${field}" cannot be used (${issue?.message}); counting begins anew`);
  }
  const { data } = parsed;
  if (data.order.join('\n') !== order.join('\n')) {
    return err('it was written with other labels, by another version; counting begins anew');
  }
  return ok(Object.fromEntries(data.targets));
}

function entriesOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value) : value;
}
