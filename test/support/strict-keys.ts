/**
 * Runs a validator over a copy that remembers what was looked at: a generated validator reads each property it knows,
 * so what it never read is unknown to the schema. kubernetes-models accepts unknown fields otherwise.
 *
 * @returns paths of unknown keys, such as `spec.template.spec.containers.0.readonlyRootFs`
 */
export function findUnknownKeys(
  value: object,
  validate: (value: object) => void,
): readonly string[] {
  const unknown: string[] = [];
  const reports: (() => void)[] = [];
  const watch = (inner: unknown, path: string): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner;
    const seen = new Set<string>();
    const copy = Array.isArray(inner)
      ? inner.map((item, index) => watch(item, `${path}.${index}`))
      : Object.fromEntries(
          Object.entries(inner).map(([key, item]) => [key, watch(item, `${path}.${key}`)]),
        );
    reports.push(() => {
      if (Array.isArray(inner)) return;
      for (const key of Object.keys(inner))
        if (!seen.has(key)) unknown.push(`${path}.${key}`.slice(1));
    });
    return new Proxy(copy as object, {
      get(target, key, receiver) {
        if (typeof key === 'string') seen.add(key);
        return Reflect.get(target, key, receiver);
      },
    });
  };
  validate(watch(value, '') as object);
  for (const report of reports) report();
  return unknown;
}
