import { isSelector } from './insert-selector.ts';
import type { BurnWindow, RuleConfig } from './rule-config.ts';
import type { GroupTemplate, RuleTemplate, TemplateFile } from './rule-templates.ts';
import { fillText, formatNumber, type Values } from './rule-text.ts';

export type Rule = Omit<RuleTemplate, 'each'>;

/** A template and its rules: none for a disabled alert, several for windows. */
export interface RenderedRule {
  readonly template: RuleTemplate;
  readonly rules: readonly Rule[];
}

export interface RenderedGroup {
  readonly name: string;
  readonly interval: string;
  readonly rendered: readonly RenderedRule[];
}

export interface RenderedFile {
  readonly file: TemplateFile;
  readonly groups: readonly RenderedGroup[];
}

/** All rules for a configuration. alerts/mixin/render.libsonnet does the same for the mixin. */
export function renderRules(
  files: readonly TemplateFile[],
  config: RuleConfig,
): readonly RenderedFile[] {
  checkConfig(files, config);
  const values = valuesOf(config);
  return files.map((file) => ({
    file,
    groups: file.groups.map((group) => renderGroup(group, { config, values })),
  }));
}

interface Context {
  readonly config: RuleConfig;
  readonly values: Values;
}

function renderGroup({ name, interval, rules }: GroupTemplate, context: Context): RenderedGroup {
  const { config, values } = context;
  const rendered = rules.map((template) => ({
    template,
    rules:
      ownOf(template, config).enabled === false
        ? []
        : rowsOf(template, config).map((row) =>
            renderRule(template, { config, values: { ...values, ...row } }),
          ),
  }));
  return { name, interval, rendered };
}

function renderRule(template: RuleTemplate, { config, values }: Context): Rule {
  const { each: _, labels = {}, annotations = {}, ...texts } = template;
  const texted = fillAll(texts, values);
  const filled = { ...texted, expr: fillText(texts.expr, values) };
  if (template.alert === undefined) return filled;
  const { enabled: _enabled, severity, ...waits } = ownOf(template, config);
  const described = { ...values, for: waits.for ?? texted['for'] ?? '0s' };
  return {
    ...filled,
    ...fillAll(waits, values),
    labels: {
      ...fillAll(labels, values),
      ...config.alert_labels,
      ...(severity === undefined ? {} : { severity }),
    },
    annotations: fillAll(annotations, described),
  };
}

function ownOf({ alert }: RuleTemplate, { alerts }: RuleConfig): RuleConfig['alerts'][string] {
  return (alert === undefined ? undefined : alerts[alert]) ?? {};
}

function fillAll(
  texts: Readonly<Record<string, string | undefined>>,
  values: Values,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, text]) =>
      text === undefined ? [] : [[key, fillText(text, values)]],
    ),
  );
}

function rowsOf({ each }: RuleTemplate, config: RuleConfig): readonly Values[] {
  const windows = config.slo_windows;
  if (each === undefined) return [{}];
  if (each === 'window') return windows.map((window) => windowValues(window, config));
  const all = windows.flatMap(({ long, short }) => (each === 'long' ? [long] : [short, long]));
  return [...new Set(all)].map((window) => ({ window }));
}

function windowValues(window: BurnWindow, config: RuleConfig): Values {
  return {
    ...window,
    burn: formatNumber(window.burn),
    availability_limit: formatNumber(window.burn * (1 - config.availability_objective)),
    latency_limit: formatNumber(window.burn * (1 - config.latency_objective)),
  };
}

/** Every text and number of the configuration, numbers also as percent, and lists joined. */
function valuesOf(config: RuleConfig): Values {
  const plain = Object.entries(config).flatMap(([key, value]) => {
    if (typeof value === 'string') return [[key, value]];
    if (typeof value !== 'number') return [];
    return [
      [key, formatNumber(value)],
      [`${key}_percent`, formatNumber(value * 100)],
    ];
  });
  return {
    ...Object.fromEntries(plain),
    service_labels: config.service_labels.join(', '),
    fleet_labels: config.fleet_labels.join(', '),
    instance_labels: config.instance_labels.join(', '),
    selector_alone: config.selector === '' ? '' : `{${config.selector}}`,
    selector_more: config.selector === '' ? '' : `, ${config.selector}`,
    availability_allowed_percent: formatNumber((1 - config.availability_objective) * 100),
    latency_allowed_percent: formatNumber((1 - config.latency_objective) * 100),
    latency_le: bucketPattern(config.latency_seconds),
  };
}

/** Prometheus 3 stores le="1.0" where 2.x stores le="1". */
function bucketPattern(seconds: number): string {
  const text = formatNumber(seconds).replaceAll('.', '\\\\.');
  return Number.isInteger(seconds) ? `${text}(\\\\.0)?` : text;
}

function checkConfig(files: readonly TemplateFile[], { selector, alerts }: RuleConfig): void {
  if (!isSelector(selector))
    throw new Error(`selector: "${selector}" is not a valid PromQL selector`);
  const rules = files.flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const names = new Set(rules.map(({ alert }) => alert));
  const unknown = Object.keys(alerts).filter((name) => !names.has(name));
  if (unknown.length > 0) throw new Error(`alerts: no alert is named ${unknown.join(', ')}`);
}
