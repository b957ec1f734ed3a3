interface Entry<T> {
  readonly until: number;
  readonly answer: Promise<T>;
}

export interface NameCacheOptions {
  readonly milliseconds: number;
  /** Maximum number of names. Beyond it the oldest is dropped. */
  readonly size: number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Keeps answers for a time. A failure is not kept. The size is limited because strangers can choose names. */
export function createNameCache<T>({ milliseconds, size, now }: NameCacheOptions) {
  const entries = new Map<string, Entry<T>>();
  const dropOld = (): void => {
    // All entries are kept for the same time, so the first ones expire first.
    for (const [name, { until }] of entries) {
      if (until > now() && entries.size < size) return;
      entries.delete(name);
    }
  };
  return {
    get size() {
      return entries.size;
    },
    get(name: string, ask: () => Promise<T>): Promise<T> {
      dropOld();
      const known = entries.get(name);
      if (known !== undefined) return known.answer;
      const entry = { until: now() + milliseconds, answer: ask() };
      entries.set(name, entry);
      entry.answer.catch(() => {
        if (entries.get(name) === entry) entries.delete(name);
      });
      return entry.answer;
    },
  };
}
