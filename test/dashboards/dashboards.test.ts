import { describe, expect, test } from 'vitest';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { fillGrafanaVariables, readPromqlNames } from '../support/promql-names.ts';

interface AnyPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly datasource?: { readonly uid: string };
  }[];
  readonly panels?: readonly AnyPanel[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly unknown[] };
    };
  };
  readonly options?: { readonly legend?: { readonly calcs?: readonly string[] } };
}

interface AnyDashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly AnyPanel[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly allValue?: string;
      readonly refresh?: number;
    }[];
  };
  readonly annotations: { readonly list: readonly { readonly name: string }[] };
  readonly links: readonly { readonly keepTime?: boolean }[];
}

const dashboards = [...allDashboards].map(
  ([name, dashboard]) => [name, dashboard as unknown as AnyDashboard] as const,
);
const flat = (panels: readonly AnyPanel[]): readonly AnyPanel[] =>
  panels.flatMap((panel) => [panel, ...flat(panel.panels ?? [])]);

/** Applicable rules of Grafana's dashboard-linter and of pint, and our own. */
describe.each(dashboards)('%s', (name, dashboard) => {
  const all = flat(dashboard.panels);
  const drawn = all.filter(({ type }) => type !== 'row');

  test('has the uid that alerts and links use, and links to its siblings that keep the time', () => {
    expect(dashboard.uid).toBe(`keepalive-${name}`);
    expect(dashboard.links.every(({ keepTime }) => keepTime)).toBe(true);
    expect(dashboard.annotations.list.map(({ name: title }) => title)).toEqual([
      'Restarts',
      'Configuration',
      'Full',
    ]);
  });

  test('has the variables datasource, job, instance and target, with .+ for All', () => {
    const { list } = dashboard.templating;
    expect(list.slice(0, 4).map((variable) => variable.name)).toEqual([
      'datasource',
      'job',
      'instance',
      'target',
    ]);
    for (const { name: variable, allValue } of list.slice(1, 4))
      expect({ variable, allValue }).toEqual({ variable, allValue: '.+' });
  });

  test('numbers each panel once, and panels do not overlap', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const open = dashboard.panels.filter(({ type }) => type !== 'row');
    for (const [index, a] of open.entries()) {
      for (const b of open.slice(index + 1)) {
        const apart =
          a.gridPos.x + a.gridPos.w <= b.gridPos.x ||
          b.gridPos.x + b.gridPos.w <= a.gridPos.x ||
          a.gridPos.y + a.gridPos.h <= b.gridPos.y ||
          b.gridPos.y + b.gridPos.h <= a.gridPos.y;
        expect(apart, `${a.title} and ${b.title}`).toBe(true);
      }
    }
  });

  test.each(drawn.map((panel) => [panel.title, panel] as const))(
    'panel %s describes what it shows and what is bad',
    (_, panel) => {
      expect(panel.description).toMatch(/\*\*Bad:\*\* \S/);
      expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
      expect(panel.fieldConfig?.defaults.noValue).toBeTruthy();
      expect(panel.fieldConfig?.defaults.thresholds?.steps.length).toBeGreaterThan(0);
      expect(panel.datasource?.uid).toBe(`\${datasource}`);
      if (panel.type === 'timeseries')
        expect(panel.options?.legend?.calcs?.length).toBeGreaterThan(0);
    },
  );

  test.each(drawn.map((panel) => [panel.title, panel] as const))(
    'panel %s has queries that parse, for the chosen job and instance',
    (_, panel) => {
      const targets = panel.targets ?? [];
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const { expr } of targets) {
        const names = readPromqlNames(fillGrafanaVariables(expr));
        expect(names.errors, expr).toEqual([]);
        for (const { metric, matchers } of names.selectors) {
          if (metric === 'ALERTS') continue;
          // A recorded service level belongs to a service, which has no instance.
          const scope = metric.startsWith('target:slo_') ? ['job'] : ['job', 'instance'];
          expect(
            matchers.map(({ label }) => label),
            expr,
          ).toEqual(expect.arrayContaining(scope));
        }
        expect(expr, 'fixed ranges hide scrapes').not.toMatch(/irate/);
      }
    },
  );
});
