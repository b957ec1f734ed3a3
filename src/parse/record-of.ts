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
