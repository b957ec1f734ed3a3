import * as z from 'zod';

/** Go's YAML reads a bare `0` or `true` in a text field as text: `X-XSS-Protection: 0`. */
export const text = z.union(
  [z.string(), z.number().transform(String), z.boolean().transform(String)],
  {
    error: 'is not a text; quote it',
  },
);

const yes = ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'] as const;
const no = ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'] as const;

/** Go's YAML is version 1.1, where `yes` and `off` are booleans too. */
export const flag = z.union(
  [z.boolean(), z.enum([...yes, ...no]).transform((word) => yes.some((known) => known === word))],
  {
    error: 'must be true or false',
  },
);

/** A mapping without unknown keys. As in Go, a key without a value counts as absent. */
export function section<S extends z.ZodRawShape>(shape: S) {
  return z.preprocess((value) => withoutNulls(value, shape), z.strictObject(shape));
}

function withoutNulls(value: unknown, shape: z.ZodRawShape): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key, part]) => part !== null || !Object.hasOwn(shape, key)),
  );
}
