import { isObject } from '../parse/is-object.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';

/**
 * Saved counts, if they fit the present ones: the same lists, the same lengths, and finite numbers of at least 0
 * everywhere. A new field starts at 0; a removed field is dropped.
 *
 * @returns undefined when they do not fit: counts of other buckets or virtual hosts cannot be continued
 */
export function restoreCounts(saved: unknown, fresh: LogCounts): LogCounts | undefined {
  return isObject(saved) && fits(saved, fresh) ? { ...fresh, ...pick(saved, fresh) } : undefined;
}

function fits(saved: Readonly<Record<string, unknown>>, fresh: LogCounts): boolean {
  return Object.entries(fresh).every(
    ([key, value]) => saved[key] === undefined || hasShape(saved[key], value),
  );
}

function pick(saved: Readonly<Record<string, unknown>>, fresh: LogCounts): Partial<LogCounts> {
  const known = Object.keys(fresh).filter((key) => saved[key] !== undefined);
  return Object.fromEntries(known.map((key) => [key, saved[key]]));
}

/** Bounds and names must be equal; counts need only be valid. */
const fixedLists: ReadonlySet<string> = new Set(['upperBounds']);

function hasShape(saved: unknown, fresh: unknown): boolean {
  if (typeof fresh === 'number') return isCount(saved);
  if (typeof fresh === 'string') return saved === fresh;
  // Not counted in the fresh counts; the saved counts may have a number or a row of numbers.
  if (fresh === null) return saved === null || isCount(saved) || isRow(saved);
  if (Array.isArray(fresh)) {
    return (
      Array.isArray(saved) &&
      saved.length === fresh.length &&
      fresh.every((value, index) => hasShape(saved[index], value))
    );
  }
  if (!isObject(fresh) || !isObject(saved)) return false;
  return Object.entries(fresh).every(([key, value]) =>
    fixedLists.has(key)
      ? JSON.stringify(saved[key]) === JSON.stringify(value)
      : hasShape(saved[key], value),
  );
}

function isRow(value: unknown): boolean {
  return Array.isArray(value) && value.every(isCount);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
