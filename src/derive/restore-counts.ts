import type { LogCounts } from '../snapshot/log-counts.ts';

/**
 * Saved counts, when they fit what is counted now: the same lists, the same lengths, and finite numbers not below 0
 * in every place. A field that is new since then begins at 0; one that is gone is dropped.
 *
 * @returns undefined when they do not fit: counts of other buckets or virtual hosts cannot be added to
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

/** Bounds and names must be equal; counts need only be counts. */
const fixedLists: ReadonlySet<string> = new Set(['upperBounds']);

function hasShape(saved: unknown, fresh: unknown): boolean {
  if (typeof fresh === 'number') return isCount(saved);
  if (typeof fresh === 'string') return saved === fresh;
  // Not counted yet: by now a number, or a row of them.
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
