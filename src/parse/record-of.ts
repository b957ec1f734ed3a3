/** The keys of an object whose type lists them all, in their order. */
export function keysOf<T extends object>(table: T): readonly Extract<keyof T, string>[];
export function keysOf(table: object): readonly string[] {
  return Object.keys(table);
}

/** An object with one value for each key. */
export function recordOf<K extends string, V>(
  keys: readonly K[],
  toValue: (key: K) => V,
): Record<K, V>;
export function recordOf<K extends string, V>(
  keys: readonly K[],
  toValue: (key: K) => V,
): Record<string, V> {
  return Object.fromEntries(keys.map((key) => [key, toValue(key)]));
}
