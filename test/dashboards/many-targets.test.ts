import { describe, expect, test } from 'vitest';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';

interface AnyPanel {
  readonly type: string;
  readonly title: string;
  readonly repeat?: string;
  readonly panels?: readonly AnyPanel[];
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly options?: {
    readonly legend?: { readonly sortBy?: string; readonly sortDesc?: boolean };
    readonly sortBy?: readonly unknown[];
  };
  readonly fieldConfig?: {
    readonly defaults: { readonly custom?: { readonly fillOpacity?: number } };
    readonly overrides: readonly {
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
}

interface AnyDashboard {
  readonly panels: readonly AnyPanel[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly query: string;
      readonly hide?: number;
      readonly regex?: string;
    }[];
  };
}

const dashboards = [...allDashboards].map(
  ([name, dashboard]) => [name, dashboard as unknown as AnyDashboard] as const,
);
const everyPanel = dashboards.flatMap(([name, { panels }]) =>
  panels
    .flatMap((panel) => [panel, ...(panel.panels ?? [])])
    .map((panel) => [`${name}: ${panel.title}`, panel] as const),
);
const ofType = (pattern: RegExp) => everyPanel.filter(([, { type }]) => pattern.test(type));
const namesSeries = ({ targets = [] }: AnyPanel) =>
  targets.every(({ legendFormat }) => legendFormat.includes('{{'));

/** With fifty servers, one of them full (npm run drill -- fifty), each of these was unreadable before. */
describe('with fifty targets', () => {
  // Grafana splits panels into pages after twenty rows: the full server was on the second.
  test.each(
    ofType(/^(state-timeline|status-history)$/).filter(([, { targets = [] }]) =>
      targets.some(({ expr }) => !/exhaustion_evidence|keepalive_exporter_|\bup\{/.test(expr)),
    ),
  )('%s has a row for the dozen that were worst', (_, { targets = [] }) => {
    for (const { expr } of targets)
      expect(expr).toMatch(/ and topk\(12, .*@ end\(\)\)\)$|target=~"\$shown"/);
  });

  test.each(everyPanel.filter(([, { repeat }]) => repeat !== undefined))(
    '%s is drawn for six of them, the worst first',
    (title, { repeat, targets = [] }) => {
      expect(repeat).toMatch(/^shown(_event)?$/);
      for (const { expr } of targets) expect(expr).not.toContain('$target');
      const [, dashboard] = dashboards.find(([name]) => title.startsWith(`${name}:`)) ?? [];
      const variable = dashboard?.templating.list.find(({ name }) => name === repeat);
      expect(variable).toMatchObject({ hide: 2, sort: 0, regex: '/target="([^"]+)"/' });
      expect(variable?.query).toMatch(/^query_result\(topk\(6, .*target=~"\$target"/);
    },
  );

  test.each(ofType(/^timeseries$/).filter(([, panel]) => namesSeries(panel)))(
    '%s lists the worst curve first',
    (title, { options }) => {
      const isLowest =
        /^slo: (Availability|Fast requests|Time not full)$|: Requests per connection$/.test(title);
      const worst = isLowest
        ? { sortBy: 'Min', sortDesc: false }
        : { sortBy: 'Max', sortDesc: true };
      expect(options?.legend).toMatchObject(worst);
    },
  );

  test.each(ofType(/^timeseries$/).filter(([, panel]) => namesSeries(panel)))(
    '%s fills no areas, because they would hide each other',
    (_, { fieldConfig }) => {
      expect(fieldConfig?.defaults.custom?.fillOpacity).toBe(0);
    },
  );

  test.each(ofType(/^table$/).filter(([, { options }]) => options?.sortBy !== undefined))(
    '%s fits all its columns in 960 pixels',
    (_, { fieldConfig }) => {
      const widths = (fieldConfig?.overrides ?? []).map(({ properties }) =>
        Number(properties.find(({ id }) => /^custom\.(minW|w)idth$/.test(id))?.value),
      );
      expect(widths.reduce((sum, width) => sum + width, 0)).toBeLessThanOrEqual(960);
    },
  );
});
