import { describe, expect, test } from 'vitest';
import {
  type DrawnPanel,
  everyPanel,
  exprs,
  type Mapping,
  ofType,
  panelsOf,
} from '../support/drawn-panels.ts';

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
