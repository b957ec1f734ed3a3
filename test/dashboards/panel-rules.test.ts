import { describe, expect, test } from 'vitest';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { meaning } from '../../dashboards/src/theme.ts';
import { promised } from '../../dashboards/src/variables.ts';
import { selfGroups, targetGroups } from '../../src/metrics/catalog.ts';
import { readDefaults } from '../../tools/rules/rule-config.ts';
import { readRules } from '../support/alert-files.ts';
import { fillGrafanaVariables, readPromqlNames } from '../support/promql-names.ts';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant?: boolean;
  readonly range?: boolean;
}

interface Mapping {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Property {
  readonly id: string;
  readonly value: unknown;
}

interface DrawnPanel {
  readonly type: string;
  readonly title: string;
  readonly collapsed?: boolean;
  readonly panels?: readonly DrawnPanel[];
  readonly repeat?: string;
  readonly maxDataPoints?: number;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly Target[];
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit?: string;
      readonly color?: { readonly mode: string };
      readonly mappings?: readonly Mapping[];
      readonly noValue?: string;
      readonly custom?: Readonly<Record<string, unknown>>;
    };
    readonly overrides: readonly {
      readonly matcher: { readonly options?: unknown };
      readonly properties: readonly Property[];
    }[];
  };
  readonly options: {
    readonly sortBy?: readonly { readonly displayName: string; readonly desc: boolean }[];
    readonly graphMode?: string;
    readonly textMode?: string;
    readonly legend?: Readonly<Record<string, unknown>>;
  };
}

interface LintedDashboard {
  readonly editable: boolean;
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly label: string;
      readonly type: string;
      readonly query: string;
      readonly refresh?: number;
    }[];
  };
}

function panelsOf(name: string): readonly DrawnPanel[] {
  const { panels } = allDashboards.get(name) as unknown as { panels: readonly DrawnPanel[] };
  return panels;
}

const everyPanel = [...allDashboards.keys()].flatMap((name) =>
  panelsOf(name)
    .flatMap((panel) => [panel, ...(panel.panels ?? [])])
    .filter(({ type }) => type !== 'row')
    .map((panel) => [`${name}: ${panel.title}`, panel] as const),
);
/** The labels of each metric, from the tables that the exporter writes it by. */
const labelsOf = new Map(
  [...targetGroups, ...selfGroups].flatMap(({ families }) =>
    families.map(({ name, labels }) => [name, labels] as const),
  ),
);
const ofType = (type: string) => everyPanel.filter(([, panel]) => panel.type === type);
const exprs = (panel: DrawnPanel) => (panel.targets ?? []).map(({ expr }) => expr);

/** Defects that pictures during a flood showed; each rule failed before the correction. */
describe('at the moment a server is full', () => {
  test.each(ofType('stat'))(
    '%s is an instant query: no value from before the outage',
    (_, panel) => {
      expect(panel.targets?.every(({ instant, range }) => instant && !range)).toBe(true);
      expect(panel.options.graphMode).toBe('none');
    },
  );

  test.each(
    everyPanel.filter(([, panel]) =>
      exprs(panel).some((expr) => /webserver_worker_saturation_ratio/.test(expr)),
    ),
  )('%s counts a full server as saturated, with a ratio or without', (_, panel) => {
    for (const expr of exprs(panel).filter((text) => text.includes('saturation_ratio')))
      expect(expr).toMatch(
        /max by \([^)]*\) \((max_over_time\()?webserver_exhausted\{[^}]*\}[^=]*== 1 or /,
      );
  });

  test.each(['fleet', 'apache', 'nginx'])('%s sorts the full servers to the top', (name) => {
    const table = panelsOf(name).find(({ type }) => type === 'table');
    expect(table?.options.sortBy?.map(({ displayName, desc }) => [displayName, desc])).toEqual([
      ['State', true],
      ['Saturation', true],
    ]);
    expect(exprs(table as DrawnPanel)[0]).toMatch(/^max by .*4 \* \(webserver_exhausted\{/);
  });

  test.each(['fleet', 'apache', 'nginx'])(
    '%s shows the name of the full server in its first panel',
    (name) => {
      const first = panelsOf(name).find(({ type }) => type !== 'row');
      expect(first?.title).toBe('Full now');
      expect(first?.targets?.[0]?.legendFormat).toBe('{{target}}');
    },
  );

  test.each(
    everyPanel.filter(([, panel]) =>
      exprs(panel).some((expr) =>
        /^sum\(webserver_(slots|connections)\{.*(state|activity)=/.test(expr),
      ),
    ),
  )('%s is one stack for each target: a sum falls when a full one goes silent', (_, panel) => {
    expect(panel.repeat ?? panel.type).toMatch(/^(shown(_event)?|stat)$/);
    if (panel.type === 'timeseries')
      expect(panel.fieldConfig.defaults.custom).toMatchObject({ spanNulls: false });
  });

  test.each(['apache', 'service', 'nginx'])(
    '%s shows what holds the slots without a click',
    (name) => {
      const open = panelsOf(name).filter(({ type }) => type !== 'row');
      const keepalive = open.flatMap(exprs).filter((expr) => expr.includes('state=~"keepalive"'));
      expect(keepalive.length).toBeGreaterThan(0);
    },
  );

  test('every absent figure is grey, and every absent cell plain, not in the colour of the lowest threshold', () => {
    const hasColor =
      (color: string) =>
      ({ type, options }: Mapping) =>
        type === 'special' && JSON.stringify(options).includes(color);
    const isGrey = hasColor('#999999');
    for (const [title, { fieldConfig }] of ofType('stat'))
      expect(fieldConfig.defaults.mappings?.some(isGrey), title).toBe(true);
    for (const [title, { fieldConfig, options }] of ofType('table')) {
      if (options.sortBy === undefined) continue;
      const mappings = fieldConfig.overrides.flatMap(({ properties }) =>
        properties.filter(({ id }) => id === 'mappings').map(({ value }) => value as Mapping[]),
      );
      expect(mappings.length, title).toBeGreaterThan(5);
      expect(
        mappings.every((list) => list.some(hasColor('transparent'))),
        title,
      ).toBe(true);
    }
  });
});

/** Defects that pictures in light and at 1,000 pixels showed. */
describe('in light, and at 1,000 pixels', () => {
  test.each(ofType('table'))(
    '%s colours the background of a cell that is not fine, no text',
    (_, panel) => {
      const values = panel.fieldConfig.overrides.flatMap(({ properties }) => properties);
      const cells = values
        .filter(({ id }) => id === 'custom.cellOptions')
        .map(({ value }) => value);
      expect(cells.length).toBeGreaterThan(0);
      for (const cell of cells) expect(cell).toMatchObject({ type: 'color-background' });
      expect(JSON.stringify(values)).not.toContain(meaning.good);
    },
  );

  test.each(
    ofType('stat').filter(([, panel]) =>
      exprs(panel).some((expr) => /^(top|bottom)k\(/.test(expr)),
    ),
  )('%s names the worst server', (_, { options, targets = [] }) => {
    expect(options.textMode).toBe('value_and_name');
    for (const { legendFormat } of targets)
      expect(legendFormat).toMatch(/^\{\{(target|instance)\}\}$/);
  });

  test.each(ofType('stat'))('%s has a short text when it is empty', (_, { fieldConfig }) => {
    expect(fieldConfig.defaults.noValue?.length).toBeLessThanOrEqual(13);
  });

  test.each(ofType('stat'))('%s is no extreme without a name', (_, panel) => {
    for (const expr of exprs(panel)) expect(expr).not.toMatch(/^(max|min)\(/);
  });

  test.each(
    ofType('timeseries').filter(([, { fieldConfig }]) => {
      const { stacking } = fieldConfig.defaults.custom ?? {};
      return JSON.stringify(stacking).includes('normal');
    }),
  )('%s has its legend below: beside the stack it takes two thirds of the width', (_, panel) => {
    expect(panel.options.legend).toMatchObject({ placement: 'bottom', displayMode: 'list' });
  });

  test.each(ofType('timeseries'))(
    '%s has no two curves of the same name: legends have every label of the series',
    (_, { targets = [] }) => {
      for (const { expr, legendFormat } of targets) {
        const [metric, ...others] = [
          ...new Set(expr.match(/\b(?:webserver|keepalive_exporter)_\w+/g)),
        ];
        if (
          metric === undefined ||
          metric.endsWith('_info') ||
          others.length > 0 ||
          /\b(?:sum|max|topk|\w+_quantile)\b/.test(expr)
        )
          continue;
        const fixed = [...expr.matchAll(/(\w+)="/g)].map(([, label]) => label);
        const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
        const labels = labelsOf.get(metric) ?? [];
        const missing = labels.filter((label) => ![...fixed, ...named, 'server'].includes(label));
        expect(missing, `${metric} as ${legendFormat}`).toEqual([]);
      }
    },
  );

  test.each(ofType('timeseries'))('%s shows an absent figure as a dash', (_, { fieldConfig }) => {
    // The text of an empty panel would fill the legend.
    expect(JSON.stringify(fieldConfig.defaults.mappings ?? [])).toContain('"–"');
  });

  test('a stack of states lists only those that occur', () => {
    const bands = ofType('timeseries')
      .flatMap(([, panel]) => exprs(panel))
      .filter((expr) => /^sum\(webserver_(slots|connections)\{.*(state|activity)=/.test(expr));
    expect(bands.length).toBeGreaterThan(20);
    for (const expr of bands)
      expect(expr).toMatch(/ and sum\(max_over_time\(.* @ end\(\)\)\) > 0$/);
  });
});

/**
 * Problems in Grafana itself, and rules of grafana/dashboard-linter (docs/rules) by name:
 * panel-datasource-rule, panel-title-description-rule, panel-units-rule, target-promql-rule, target-job-rule,
 * target-instance-rule, template-job-rule, template-instance-rule (dashboards.test.ts), template-datasource-rule,
 * template-label-promql-rule, template-on-time-change-reload-rule, template-uneditable-rule, panel-no-targets-rule,
 * target-rate-interval-rule, target-counter-agg-rule (here).
 */
describe('every panel', () => {
  test.each(everyPanel)('%s has different legends for its queries', (_, panel) => {
    if (panel.type === 'table') return;
    const legends = (panel.targets ?? []).map(({ legendFormat }) => legendFormat);
    expect(new Set(legends).size).toBe(legends.length);
  });

  test.each(everyPanel)(
    '%s with words does not use colours of thresholds',
    (_, { fieldConfig }) => {
      const { mappings = [], color } = fieldConfig.defaults;
      const words = mappings.filter(({ type }) => type === 'value');
      if (words.length > 0) expect(color?.mode).not.toBe('thresholds');
      for (const { options } of words)
        for (const word of Object.values(options)) expect(word).toHaveProperty('color');
    },
  );

  test.each(everyPanel)(
    '%s uses range queries for curves and instant queries for figures',
    (_, panel) => {
      const instant = ['stat', 'table', 'trend'].includes(panel.type);
      for (const target of panel.targets ?? []) expect(target.instant ?? false).toBe(instant);
    },
  );

  test.each(ofType('timeseries'))('%s has a different colour for each named curve', (_, panel) => {
    const names = (panel.targets ?? [])
      .map(({ legendFormat }) => legendFormat)
      .filter((legend) => !legend.includes('{{'));
    if (names.length < 2) return;
    const colors = names.map((name) => {
      const override = panel.fieldConfig.overrides.find(({ matcher }) => matcher.options === name);
      return JSON.stringify(override?.properties.find(({ id }) => id === 'color')?.value);
    });
    expect(colors).not.toContain(undefined);
    expect(new Set(colors).size).toBe(names.length);
  });

  test.each(everyPanel)('%s is wide and high enough to be readable', (_, { type, gridPos }) => {
    expect(gridPos.w).toBeGreaterThanOrEqual(4);
    expect(gridPos.h).toBeGreaterThanOrEqual(type === 'stat' ? 4 : 7);
  });

  test.each(everyPanel)('%s has a text for the case that it is empty', (_, { fieldConfig }) => {
    expect(fieldConfig.defaults.noValue).not.toBe('no data');
  });

  test.each(everyPanel)('%s stays within the grid', (_, { gridPos: { x, w } }) => {
    expect(x + w).toBeLessThanOrEqual(24);
  });

  test.each(everyPanel)(
    '%s calculates rates over $__rate_interval, or over the windows of the SLO',
    (_, panel) => {
      for (const expr of exprs(panel))
        for (const [, window] of expr.matchAll(/(?:rate|increase)\([^[]*\[([^\]]+)\]/g))
          expect(window).toMatch(/^(\$__rate_interval|\$__range|5m|30m|1h|6h|1d|3d)$/);
    },
  );

  test.each(everyPanel)(
    '%s reads shares of long windows from the recording rules that the alerts use',
    (_, panel) => {
      // A month has a thousand points: at each of them, three days of every bucket.
      for (const expr of exprs(panel)) expect(expr).not.toMatch(/rate\([^[]*\[(?:6h|1d|3d)\]/);
    },
  );

  test.each(
    everyPanel.filter(([, { type }]) => /^(state-timeline|status-history|heatmap)$/.test(type)),
  )('%s asks for no more points than it can draw', (_, { maxDataPoints }) => {
    expect(maxDataPoints).toBeLessThanOrEqual(300);
  });

  test.each(ofType('stat'))(
    '%s has a title that is complete at 1,000 pixels',
    (name, { title }) => {
      expect(title.length, name).toBeLessThanOrEqual(13);
    },
  );

  test.each(ofType('timeseries'))(
    '%s has an axis even if all values are zero',
    (_, { fieldConfig }) => {
      const { custom = {} } = fieldConfig.defaults;
      expect('axisSoftMax' in custom || 'max' in fieldConfig.defaults).toBe(true);
    },
  );

  test.each(everyPanel)(
    '%s counts only keepalive-exporter and alerts of these rules',
    (_, panel) => {
      for (const expr of exprs(panel)) {
        if (/(^|[^\w])(up|process_\w+|nodejs_\w+)\{/.test(expr))
          expect(expr).toContain('keepalive_exporter_build_info');
        if (expr.includes('ALERTS{')) {
          const [, pattern = ''] = /alertname=~"([^"]+)"/.exec(expr) ?? [];
          const [, silent = ''] = /alertname!="([^"]+)"/.exec(expr) ?? [];
          const counted = (name: string) =>
            new RegExp(`^(?:${pattern})$`).test(name) && name !== silent;
          const names = readRules().flatMap(({ alert }) => alert ?? []);
          const left = names.filter((name) => !counted(name));
          expect(left).toEqual(['KeepaliveExporterWatchdog']);
        }
      }
    },
  );
});

describe.each([...allDashboards])('%s, by the rules of dashboard-linter', (_, finished) => {
  const dashboard = finished as unknown as LintedDashboard;
  const [datasource, ...choices] = dashboard.templating.list;

  test('template-datasource-rule: a datasource variable of type prometheus with this name', () => {
    expect(datasource).toMatchObject({
      name: 'datasource',
      label: 'Data source',
      type: 'datasource',
      query: 'prometheus',
    });
  });

  test('template-label-promql-rule: choices are values of a query that parses', () => {
    for (const { query } of choices.filter(({ type }) => type === 'query')) {
      const [, selector = ''] =
        /^(?:label_values\((?=.+, \w+\)$)|query_result\()(.+?)(?:, \w+)?\)$/.exec(query) ?? [];
      const { errors, selectors } = readPromqlNames(fillGrafanaVariables(selector));
      expect({ errors, asks: selectors.length > 0 }, query).toEqual({ errors: [], asks: true });
    }
  });

  test('template-on-time-change-reload-rule: choices follow the time range', () => {
    for (const { type, refresh } of choices) if (type === 'query') expect(refresh).toBe(2);
  });

  test('template-uneditable-rule: generated dashboards cannot be edited in Grafana', () => {
    expect(dashboard.editable).toBe(false);
  });
});

test.each(everyPanel)('target-counter-agg-rule: %s uses counters only as rates', (_, panel) => {
  for (const expr of exprs(panel)) {
    const bare = expr.replaceAll(/(?:rate|increase|changes)\(\w+\{[^}]*\}\[/g, '');
    expect(bare).not.toMatch(/\w+_total\{/);
  }
});

test('the default objectives are those of the alert rules', () => {
  const rules = readDefaults();
  expect(promised).toEqual({
    availability: rules.availability_objective,
    latency: rules.latency_objective,
    latencySeconds: rules.latency_seconds,
  });
});
