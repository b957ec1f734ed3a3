import type { SavedTarget, SavedTargets } from './checkpoint-record.ts';

/** A target or log that returns to the configuration within this time continues where it was. */
const keptSeconds = 7 * 86_400;

export interface MergeSaved {
  /** The last record. */
  readonly before: SavedTargets;
  /** Current counts and places. */
  readonly live: SavedTargets;
  /** Unix time in seconds. */
  readonly now: number;
}

/** The next record: all targets that are counted, and for a week those that were removed. */
export function mergeSaved({ before, live, now }: MergeSaved): SavedTargets {
  const removed = Object.entries(before).flatMap(([name, saved]) => {
    if (Object.hasOwn(live, name)) return [];
    const removedSince = saved.removedSince ?? now;
    return isExpired(removedSince, now) ? [] : [[name, { ...saved, removedSince }] as const];
  });
  const kept = Object.entries(live).map(([name, saved]) => {
    // Own properties only: a target may be called `constructor`.
    const known = Object.hasOwn(before, name) ? before[name] : undefined;
    return [name, keepPlaces(saved, { before: known, now })] as const;
  });
  return Object.fromEntries([...removed, ...kept]);
}

interface Before {
  readonly before: SavedTarget | undefined;
  readonly now: number;
}

function keepPlaces(saved: SavedTarget, { before, now }: Before): SavedTarget {
  const unread = Object.entries(before?.places ?? {}).flatMap(([key, place]) => {
    const since = before?.unreadSince[key] ?? now;
    const isGone = Object.hasOwn(saved.places, key) || isExpired(since, now);
    return isGone ? [] : [{ key, place, since }];
  });
  return {
    ...saved,
    places: {
      ...Object.fromEntries(unread.map(({ key, place }) => [key, place])),
      ...saved.places,
    },
    unreadSince: Object.fromEntries(unread.map(({ key, since }) => [key, since])),
  };
}

function isExpired(since: number, now: number): boolean {
  return now - since > keptSeconds;
}
