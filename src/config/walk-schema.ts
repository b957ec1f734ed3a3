import * as z from 'zod';

/** The schema of the value at a path. */
export function schemaAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema;
  for (const step of path) at = at === undefined ? undefined : childSchema(at, step);
  return at;
}

/** The keys of a mapping; no keys for any other schema. */
export function schemaKeys(schema: z.core.$ZodType | undefined): readonly string[] {
  const bare = schema === undefined ? undefined : withoutWrapping(schema);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

/** Whether a text is converted, such as a duration to milliseconds. */
export function isTransformed(schema: z.core.$ZodType | undefined): boolean {
  return schema !== undefined && withoutWrapping(schema) instanceof z.ZodPipe;
}

export function childSchema(
  schema: z.core.$ZodType,
  step: PropertyKey,
): z.core.$ZodType | undefined {
  const bare = withoutWrapping(schema);
  if (bare instanceof z.ZodObject) {
    return Object.hasOwn(bare.shape, step) ? bare.shape[String(step)] : undefined;
  }
  if (bare instanceof z.ZodArray) return bare.element;
  return bare instanceof z.ZodRecord ? bare.valueType : undefined;
}

function withoutWrapping(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return withoutWrapping(schema.unwrap());
  }
  return schema;
}
