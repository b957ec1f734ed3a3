import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { formatNumber } from './rule-text.ts';

const promDuration = z.string().regex(/^\d+[smhd]$/, 'wants a duration such as 5m');
const share = z.number().gt(0).lt(1);
const labelName = z.string().regex(/^[a-zA-Z_]\w*$/, 'wants a label name');
const labelNames = z.array(labelName).min(1);

/** A number that a rule contains exactly as the configuration does. */
const threshold = z
  .number()
  .nonnegative()
  .refine((value) => Number(formatNumber(value)) === value, 'wants at most 6 decimals');

const windowSchema = z.strictObject({
  severity: z.enum(['critical', 'warning', 'info']),
  long: promDuration,
  short: promDuration,
  /** Multiple of the rate that spends the budget exactly in its period. */
  burn: threshold.positive(),
  for: promDuration,
});

const ownSchema = z.strictObject({
  enabled: z.boolean().optional(),
  severity: z.enum(['critical', 'warning', 'info', 'none']).optional(),
  for: promDuration.optional(),
  keep_firing_for: promDuration.optional(),
});

const knownSchema = z.object({
  runbook_url: z.string(),
  grafana_url: z.string(),
  selector: z.string(),
  alert_labels: z.record(labelName, z.string()),
  service_labels: labelNames,
  fleet_labels: labelNames,
  instance_labels: labelNames,
  alerts: z.record(z.string(), ownSchema),
  availability_objective: share,
  latency_objective: share,
  latency_seconds: threshold.positive(),
  slo_windows: z.array(windowSchema).min(1),
});

/** All other keys are windows, whose names end in `_window`, or thresholds. */
const ruleConfigSchema = knownSchema
  .catchall(z.union([threshold, promDuration]))
  .superRefine((config, context) => {
    for (const [key, value] of Object.entries(config)) {
      if (key in knownSchema.shape || key.endsWith('_window') === (typeof value === 'string'))
        continue;
      const message = key.endsWith('_window') ? 'wants a duration such as 5m' : 'wants a number';
      context.addIssue({ code: 'custom', path: [key], message });
    }

    for (const { long, burn } of config.slo_windows) {
      for (const objective of ['availability_objective', 'latency_objective'] as const) {
        if (burn * (1 - config[objective]) < 1) continue;
        const message = `${objective}: burn ${burn} over ${long} needs more failures than there are responses; it can never fire`;
        context.addIssue({ code: 'custom', message });
      }
    }
  });

/** The known keys. The threshold and window keys of alerts/config.yml are present as well. */
export type RuleConfig = z.infer<typeof knownSchema>;
export type BurnWindow = z.infer<typeof windowSchema>;

const defaultsFile = new URL('../../alerts/config.yml', import.meta.url);

/** The shipped configuration. */
export function readDefaults(): RuleConfig {
  return ruleConfigSchema.parse(readYaml(readFileSync(defaultsFile, 'utf8')));
}

/**
 * The shipped configuration with the user's values.
 *
 * @param source YAML with the keys that differ
 */
export function parseRuleConfig(source: string): RuleConfig {
  const defaults = readYaml(readFileSync(defaultsFile, 'utf8'));
  const own = readYaml(source);
  const unknown = Object.keys(own).filter((key) => !(key in defaults));
  if (unknown.length > 0) {
    throw new Error(`Cannot use ${unknown.join(', ')}: no such key in alerts/config.yml`);
  }
  return ruleConfigSchema.parse({ ...defaults, ...own });
}

function readYaml(source: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(parse(source) ?? {});
}
