import { stringify } from 'yaml';
import type { Config } from './schema.ts';

const secretKeys = new Set(['password', 'bearer_token']);
const hidden = '<secret>';

/** The effective configuration as YAML, defaults filled in, without secrets: `/config` shows it. */
export function redactConfig(config: Config): string {
  return stringify(redact(config, []));
}

/** Header values are hidden altogether: which of them hold credentials cannot be told by their names. */
function redact(value: unknown, path: readonly string[]): unknown {
  const key = path.at(-1) ?? '';
  if (typeof value === 'string' && (secretKeys.has(key) || path.at(-2) === 'headers'))
    return hidden;
  if (Array.isArray(value)) return value.map((item) => redact(item, [...path, '']));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, redact(inner, [...path, name])]),
  );
}
