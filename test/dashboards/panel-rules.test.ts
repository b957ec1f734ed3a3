import { describe, expect, test } from 'vitest';
import { readRules } from '../support/alert-files.ts';
import { everyPanel, exprs, ofType } from '../support/drawn-panels.ts';

/** Problems in Grafana itself, and target-rate-interval-rule of dashboard-linter (dashboard-linter.test.ts). */
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

  test.each(everyPanel)('%s has thresholds that its unit can reach', (_, { fieldConfig }) => {
    const { defaults, overrides } = fieldConfig;
    const fields = [
      defaults,
      ...overrides.map(({ properties }) =>
        Object.fromEntries(properties.map(({ id, value }) => [id, value])),
      ),
    ] as readonly Pick<typeof defaults, 'unit' | 'thresholds'>[];
    for (const { thresholds } of fields.filter(({ unit }) => unit === 'percentunit'))
      for (const { value } of thresholds?.steps ?? []) expect(value ?? 0).toBeLessThanOrEqual(1);
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
          // Alerts of the choice, and those without the label: of services, of exporters, of a whole job.
          for (const label of ['job', 'instance', 'target'])
            expect(expr).toContain(`${label}=~"$${label}|"`);
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
