import { describe, expect, test } from 'vitest';
import { meaning } from '../../dashboards/src/theme.ts';
import { selfGroups, targetGroups } from '../../src/metrics/catalog.ts';
import { exprs, ofType } from '../support/drawn-panels.ts';

/** The labels of each metric, from the tables that the exporter writes it by. */
const labelsOf = new Map(
  [...targetGroups, ...selfGroups].flatMap(({ families }) =>
    families.map(({ name, labels }) => [name, labels] as const),
  ),
);

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
