import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const files = readdirSync(new URL('alerts', root)).filter((name) => name.endsWith('.rules.yml'));
const rules = files.flatMap((name) =>
  (parse(read(`alerts/${name}`)) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    (group) => group.rules,
  ),
);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const tests = readdirSync(new URL('alerts/tests', root))
  .map((name) => read(`alerts/tests/${name}`))
  .join('\n');

const dashboards = ['fleet', 'apache', 'nginx', 'traffic', 'slo', 'exporter'].map(
  (name) => `keepalive-${name}`,
);

describe.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))(
  '%s',
  (name, { labels, annotations }) => {
    test('has a severity that Alertmanager routes', () => {
      expect(['critical', 'warning', 'info', 'none']).toContain(labels?.['severity']);
    });

    test('says what is wrong, and leads to a runbook and a dashboard that exist', () => {
      expect(annotations?.['summary']?.length).toBeGreaterThan(10);
      expect(annotations?.['description']?.length).toBeGreaterThan(10);
      const runbook = annotations?.['runbook_url']?.split('/').at(-1) ?? '';
      expect(runbook).toBe(`${name}.md`);
      expect(existsSync(new URL(`docs/runbooks/${runbook}`, root))).toBe(true);
      expect(dashboards).toContain(
        /^\/d\/([\w-]+)\//.exec(annotations?.['dashboard_url'] ?? '')?.[1],
      );
    });

    test('has a promtool test', () => {
      expect(tests).toContain(`alertname="${name}"`);
    });
  },
);

test('every recording rule written by hand has a promtool test', () => {
  const recorded = (
    parse(read('alerts/recording.rules.yml')) as { groups: { rules: Rule[] }[] }
  ).groups.flatMap((group) => group.rules.map(({ record = '' }) => record));
  expect(recorded.filter((record) => !tests.includes(record))).toEqual([]);
});

test('every runbook has its five parts', () => {
  for (const name of readdirSync(new URL('docs/runbooks', root))) {
    const headings = [...read(`docs/runbooks/${name}`).matchAll(/^## (.+)$/gm)].map(
      ([, heading]) => heading,
    );
    expect(headings, name).toEqual([
      'Meaning',
      'Impact',
      'Diagnosis',
      'Mitigation',
      'A wrong alarm looks like',
    ]);
  }
});
