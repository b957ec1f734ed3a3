import { stringify } from 'yaml';
import type * as z from 'zod';
import { renderDuration } from './durations.ts';
import { type Config, configSchema } from './schema.ts';
import { childSchema, isTransformed } from './walk-schema.ts';

const secretKeys = new Set(['password', 'bearer_token']);
const hidden = '<secret>';

/**
 * The effective configuration as YAML, with defaults and without secrets. `/config` shows it, and check-config
 * accepts it.
 */
export function redactConfig(config: Config): string {
  return stringify(redact(config, [], configSchema));
}

/** One module of `probe`, in the same form. */
export function redactModule(config: Config, name: string): string {
  const path = ['probe', 'modules', name];
  const at = path.reduce<z.core.$ZodType | undefined>(childOf, configSchema);
  return stringify({ [name]: redact(config.probe.modules[name], path, at) });
}

/** One target, in the same form. */
export function redactTarget(config: Config, name: string): string {
  const index = config.targets.findIndex((target) => target.name === name);
  const at = ['targets', index].reduce<z.core.$ZodType | undefined>(childOf, configSchema);
  return index < 0 ? '' : stringify(redact(config.targets[index], ['targets', ''], at));
}

/** All header values are hidden: their names do not show which of them are credentials. */
function redact(value: unknown, path: readonly string[], at: z.core.$ZodType | undefined): unknown {
  const key = path.at(-1) ?? '';
  if (typeof value === 'string' && (secretKeys.has(key) || path.at(-2) === 'headers'))
    return hidden;
  if (typeof value === 'number' && isTransformed(at)) return renderDuration(value);
  if (Array.isArray(value)) {
    return value.map((item, index) => redact(item, [...path, ''], childOf(at, index)));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      redact(inner, [...path, name], childOf(at, name)),
    ]),
  );
}

function childOf(at: z.core.$ZodType | undefined, step: PropertyKey): z.core.$ZodType | undefined {
  return at === undefined ? undefined : childSchema(at, step);
}
