import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { type Rule, readGroups } from '../support/alert-files.ts';

/** The lint rules of mixtool for alerts, by name (pkg/mixer/lint.go). Those for dashboards: dashboard-linter.test.ts. */
const alertRules: Readonly<Record<string, (rule: Rule) => boolean>> = {
  'alert-name-camelcase': ({ alert = '' }) => /^([A-Z]+[a-z0-9]+)+$/.test(alert),
  'alert-name-length': ({ alert = '' }) => alert.length <= 40,
  'alert-severity-rule': ({ labels }) =>
    /^(critical|warning|info)$/.test(labels?.['severity'] ?? ''),
  'alert-description-missing-rule': ({ annotations }) => annotations?.['description'] !== undefined,
  'alert-description-templating': ({ annotations: { description = '{{}}' } = {} }) =>
    /\{\{.*\}\}/.test(description),
  'alert-summary-missing-rule': ({ annotations }) => annotations?.['summary'] !== undefined,
  'alert-summary-templating': ({ annotations: { summary = '' } = {} }) => !/\{\{.+\}/.test(summary),
  'alert-summary-style': ({ annotations: { summary = 'A.' } = {} }) => /^[A-Z].*\.$/.test(summary),
};

const exclusionSchema = z.strictObject({
  reason: z.string().min(10),
  entries: z
    .array(
      z.strictObject({
        alert: z.string().optional(),
        dashboard: z.string().optional(),
        panel: z.string().optional(),
      }),
    )
    .optional(),
});
const lintFile = z.strictObject({ exclusions: z.record(z.string(), exclusionSchema) });
const { exclusions } = lintFile.parse(
  parse(readFileSync(new URL('../../.lint', import.meta.url), 'utf8')),
);

/** prometheusAlerts of the mixin: groups with an alert, including their recording rules. */
const groups = readGroups().filter(({ rules }) => rules.some(({ alert }) => alert !== undefined));

describe.each(Object.entries(alertRules))('%s', (name, holds) => {
  const failing = groups
    .flatMap(({ rules }) => rules)
    .filter((rule) => !holds(rule))
    .map(({ alert = '' }) => alert);
  const excluded = exclusions[name];

  test('holds for all alerts except those in .lint', () => {
    const named = excluded?.entries?.map(({ alert }) => alert) ?? [];
    const whole = excluded !== undefined && excluded.entries === undefined;
    expect(whole ? [] : failing.filter((alert) => !named.includes(alert))).toEqual([]);
  });

  test('is not excluded where it holds', () => {
    const unneeded = (excluded?.entries ?? []).filter(
      ({ alert = '?' }) => !failing.includes(alert),
    );
    expect(unneeded).toEqual([]);
    if (excluded !== undefined) expect(failing.length).toBeGreaterThan(0);
  });
});

test('groups have at most 20 rules and a name of at most 40 letters', () => {
  expect(groups.filter(({ name, rules }) => name.length > 40 || rules.length > 20)).toEqual([]);
});

test('.lint lists dashboards and panels that exist', () => {
  const dashboards = JSON.stringify([...allDashboards.values()]);
  for (const { entries = [] } of Object.values(exclusions))
    for (const { dashboard, panel } of entries)
      for (const title of [dashboard, panel])
        if (title !== undefined) expect(dashboards).toContain(`"title":${JSON.stringify(title)}`);
});
