import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { advisedChange } from './advised-change.ts';
import { insertSelector } from './insert-selector.ts';

const texts = z.record(z.string(), z.string());

const templateSchema = z.strictObject({
  /** One rule for every long window of the service levels, for any window, for every row of slo_windows. */
  each: z.enum(['long', 'any', 'window']).optional(),
  record: z.string().optional(),
  alert: z.string().optional(),
  expr: z.string(),
  for: z.string().optional(),
  keep_firing_for: z.string().optional(),
  /** The dashboard, and the labels that the link selects: a key of `choices`. */
  link: z.string().optional(),
  /** Whether the description ends with the change that the exporter advises. */
  advice: z.literal(true).optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
});

const fileSchema = z.strictObject({
  groups: z.array(
    z.strictObject({ name: z.string(), interval: z.string(), rules: z.array(templateSchema) }),
  ),
});

export type RuleTemplate = Omit<z.infer<typeof templateSchema>, 'link' | 'advice'>;

export interface GroupTemplate {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly RuleTemplate[];
}

export interface TemplateFile {
  /** `saturation.rules.yml` */
  readonly name: string;
  readonly source: string;
  readonly groups: readonly GroupTemplate[];
}

const folder = new URL('../../alerts/templates/', import.meta.url);

/** The templates of alerts/templates/, with placeholders for the selector, the runbook and the dashboard. */
export function readTemplates(): readonly TemplateFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.rules.yml'))
    .toSorted()
    .map((name) => {
      const source = readFileSync(new URL(name, folder), 'utf8');
      const { groups } = fileSchema.parse(parse(source));
      const complete = groups.map((group) => ({ ...group, rules: group.rules.map(completeRule) }));
      return { name, source, groups: complete };
    });
}

function completeRule({ link, advice, ...rule }: z.infer<typeof templateSchema>): RuleTemplate {
  const selected = { ...rule, expr: insertSelector(rule.expr) };
  if (rule.alert === undefined) return selected;
  if (link === undefined) throw new Error(`${rule.alert} has no link to a dashboard`);
  const links = {
    runbook_url: `%(runbook_url)s/${rule.alert}.md`,
    dashboard_url: dashboardUrl(link),
  };
  const { description = '' } = rule.annotations ?? {};
  const advised = advice === undefined ? {} : { description: description + advisedChange };
  return { ...selected, annotations: { ...rule.annotations, ...advised, ...links } };
}

/** The labels of the alert that a link selects on the dashboard. */
const choices: Readonly<Record<string, readonly string[]>> = {
  target: ['job', 'instance', 'target'],
  service: ['job', 'target'],
  exporter: ['job', 'instance'],
  job: ['job'],
  all: [],
};

/** From one hour before the last evaluation of the alert, so that the link in an old message shows its time. */
const time = 'from={{ query "1000 * (time() - 3600)" | first | value | printf "%%.0f" }}&to=now';

function dashboardUrl(link: string): string {
  const [dashboard = '', about = ''] = link.split(' ');
  const labels = choices[about];
  if (labels === undefined) throw new Error(`"${link}" is not a valid link: unknown choice`);
  const chosen = labels.map((label) => `var-${label}={{ $labels.${label} | urlquery }}`);
  return `%(grafana_url)s/d/keepalive-${dashboard}?${[...chosen, time].join('&')}`;
}
