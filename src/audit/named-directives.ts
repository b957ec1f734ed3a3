import type { ConfigDirective } from '../snapshot/config-tree.ts';

type ByName = ReadonlyMap<string, readonly ConfigDirective[]>;

const none: readonly ConfigDirective[] = [];

/**
 * The directives with a name in one block, in their order. The index by name is built once for each block, because each
 * scope also reads the blocks around it: without the index the work would grow with the square of the file.
 */
export function namedIn(
  directives: readonly ConfigDirective[],
  name: string,
): readonly ConfigDirective[] {
  return directives.length === 0 ? none : (indexOf(directives).get(name) ?? none);
}

const indexOf = oncePer((directives: readonly ConfigDirective[]): ByName => {
  const byName = new Map<string, ConfigDirective[]>();
  for (const directive of directives) {
    const same = byName.get(directive.name);
    if (same === undefined) byName.set(directive.name, [directive]);
    else same.push(directive);
  }
  return byName;
});

/** Caches a value for each object. The object must not change. */
export function oncePer<Key extends object, Value>(
  compute: (key: Key) => Value,
): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found.value;
    const value = compute(key);
    known.set(key, { value });
    return value;
  };
}

/** The same for names. */
export function oncePerName<Value>(compute: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, { readonly value: Value }>();
  return (name) => {
    const found = known.get(name) ?? { value: compute(name) };
    known.set(name, found);
    return found.value;
  };
}
