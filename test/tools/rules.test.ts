import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { insertSelector } from '../../tools/rules/insert-selector.ts';
import { renderRules } from '../../tools/rules/render-rules.ts';
import { parseRuleConfig, readDefaults } from '../../tools/rules/rule-config.ts';
import { readTemplates } from '../../tools/rules/rule-templates.ts';
import { fillText, formatNumber } from '../../tools/rules/rule-text.ts';
import { listGroups, writePlainRules } from '../../tools/rules/write-rules.ts';

const templates = readTemplates();

function rulesOf(own: string) {
  return listGroups(renderRules(templates, parseRuleConfig(own))).flatMap(({ rules }) => rules);
}

const alertOf = (own: string, name: string) => rulesOf(own).filter(({ alert }) => alert === name);

test.each([
  [0, '0'],
  [3, '3'],
  [0.001, '0.001'],
  [14.4 * (1 - 0.999), '0.0144'],
  [0.3 * 100, '30'],
  [10_000_000, '10000000'],
  [0.012345, '0.012345'],
])('formatNumber(%s) is %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

describe('fillText()', () => {
  it('fills values and replaces doubled percent signs', () => {
    expect(fillText('> %(a)s, 5 %%', { a: '1' })).toBe('> 1, 5 %');
  });

  it.each(['%(b)s', '5 % of'])('rejects %s', (text) => {
    expect(() => fillText(text, { a: '1' })).toThrow('no such value');
  });
});

test.each([
  ['webserver_up == 0', 'webserver_up%(selector_alone)s == 0'],
  ['up{a="b"}', 'up{a="b"%(selector_more)s}'],
  [
    'rate(webserver_log_lines_total{result="}"}[%(window)s]) > %(limit)s',
    'rate(webserver_log_lines_total{result="}"%(selector_more)s}[%(window)s]) > %(limit)s',
  ],
  ['target:webserver_slots:ratio > %(up)s', 'target:webserver_slots:ratio > %(up)s'],
  ['vector(1)', 'vector(1)'],
])('insertSelector() puts places for a selector into %s', (expr, expected) => {
  expect(insertSelector(expr)).toBe(expected);
});

describe('own values', () => {
  it('change a threshold in expression and text', () => {
    const [rule] = alertOf('hoarding_saturation: 0.65', 'WebserverKeepaliveHoarding');
    expect(rule?.expr).toContain('webserver_worker_saturation_ratio[5m]) > 0.65');
    expect(rule?.annotations?.['description']).toContain('above 65 %.');
  });

  it('select series everywhere', () => {
    const own = `selector: 'cluster="eu", job=~"web-.*"'`;
    for (const { expr } of rulesOf(own)) {
      for (const [, name] of expr.matchAll(/(?<![:\w])(webserver_\w+|up)(?![\w{:(])/g)) {
        expect.fail(`${name} is not selected in ${expr}`);
      }
    }
    const [rule] = alertOf(own, 'WebserverStatusSlow');
    expect(rule?.expr).toContain('webserver_up{cluster="eu", job=~"web-.*"} == 1');
  });

  it('add labels to every alert and to no recording rule', () => {
    for (const { alert, labels } of rulesOf('alert_labels: {team: web}')) {
      expect(labels?.['team']).toBe(alert === undefined ? undefined : 'web');
    }
  });

  it('change the labels of a service', () => {
    const rules = rulesOf('service_labels: [region, job, target]');
    const requests = rules.find(({ record }) => record === 'target:slo_requests:increase1h');
    expect(requests?.expr).toMatch(/^sum by \(region, job, target\) /);
  });

  it('change links', () => {
    const own = 'runbook_url: https://wiki/run\ngrafana_url: https://graphs';
    const [rule] = alertOf(own, 'WebserverDown');
    expect(rule?.annotations).toMatchObject({
      runbook_url: 'https://wiki/run/WebserverDown.md',
      dashboard_url: expect.stringMatching(/^https:\/\/graphs\/d\/keepalive-service\?/),
    });
  });

  it('change a window in the rules, in recorded names and in descriptions', () => {
    const rules = rulesOf('connections_window: 20m');
    const recorded = rules.find(({ record }) => record?.includes('connections_dropped'));
    expect(recorded).toMatchObject({
      record: 'target:webserver_connections_dropped:increase20m',
      expr: expect.stringContaining('increase(webserver_connections_accepted_total[20m])'),
    });
    const [alert] = alertOf('connections_window: 20m', 'WebserverConnectionsDropped');
    expect(alert?.expr).toContain('target:webserver_connections_dropped:increase20m > 5');
    expect(alert?.annotations?.['description']).toContain('visitors within 20m because');
  });

  it('appear in the description as the wait in force', () => {
    const own = 'alerts: {KeepaliveExporterDown: {for: 17m, keep_firing_for: 1h}}';
    expect(alertOf(own, 'KeepaliveExporterDown')).toMatchObject([
      {
        for: '17m',
        keep_firing_for: '1h',
        annotations: { description: expect.stringContaining(' for 17m, so the state') },
      },
    ]);
  });

  it('change severity and wait of one alert, or disable it', () => {
    const own =
      'alerts: {WebserverDown: {severity: warning, for: 9m}, KeepaliveExporterWatchdog: {enabled: false}}';
    expect(alertOf(own, 'WebserverDown')).toMatchObject([
      { for: '9m', labels: { severity: 'warning' } },
    ]);
    expect(alertOf(own, 'KeepaliveExporterWatchdog')).toEqual([]);
  });

  it.each([
    ['an unknown key', 'saturation: 1', 'no such key'],
    ['an alert that does not exist', 'alerts: {Nothing: {for: 1m}}', 'no alert is named Nothing'],
    ['an invalid selector', `selector: 'job='`, 'not a valid PromQL selector'],
    ['a text for a number', 'restart_loop_starts: many', 'restart_loop_starts'],
    ['an objective of 100 %', 'latency_objective: 1', 'latency_objective'],
    ['no windows', 'slo_windows: []', 'slo_windows'],
    ['an alert that can never fire', 'availability_objective: 0.9', 'it can never fire'],
    ['a number for a window', 'log_window: 5', 'wants a duration'],
    ['a duration for a threshold', 'log_lag_bytes: 5m', 'wants a number'],
    ['more decimals than are written', 'dropped_share: 0.00000012', 'at most 6 decimals'],
  ])('are rejected: %s', (_, own, message) => {
    expect(() => rulesOf(own)).toThrow(message);
  });
});

describe('service levels', () => {
  const fast = '{severity: critical, long: 1h, short: 5m, burn: 14.4, for: 2m}';
  const slow = '{severity: warning, long: 6h, short: 1h, burn: 3, for: 1h}';

  it('record a window once, however many alerts read it', () => {
    const rules = rulesOf(`slo_windows: [${fast}, ${slow}]`);
    expect(rules.flatMap(({ record = '' }) => (record.includes('slo_') ? [record] : []))).toEqual([
      'target:slo_requests:increase1h',
      'target:slo_requests:increase6h',
      'target:slo_availability_failed:ratio_rate5m',
      'target:slo_availability_failed:ratio_rate1h',
      'target:slo_availability_failed:ratio_rate6h',
      'target:slo_latency_failed:ratio_rate5m',
      'target:slo_latency_failed:ratio_rate1h',
      'target:slo_latency_failed:ratio_rate6h',
    ]);
  });

  it('write limits without floating-point noise', () => {
    const [rule] = alertOf(`slo_windows: [${fast}]`, 'WebserverAvailabilityBudgetBurn');
    expect(rule?.expr).toContain('ratio_rate1h > 0.0144\n');
  });

  it.each([
    ['1', 'le=~"1(\\\\.0)?"'],
    ['0.25', 'le=~"0\\\\.25"'],
  ])('match le as Prometheus 2 and as Prometheus 3 writes %s', (seconds, pattern) => {
    expect(JSON.stringify(rulesOf(`latency_seconds: ${seconds}`))).toContain(
      JSON.stringify(pattern).slice(1, -1),
    );
  });
});

test('the plain files contain the rendered rules and their origin', () => {
  const files = renderRules(templates, readDefaults());
  const texts = files.map((file) => writePlainRules(file, 'own.yml'));
  expect(texts.flatMap((text) => (parse(text) as { groups: unknown[] }).groups)).toEqual(
    listGroups(files),
  );
  for (const text of texts)
    expect(text).toMatch(/^# Generated from alerts\/templates\/.* and own.yml/);
});

test('a group without an enabled alert is omitted', () => {
  const file = {
    name: 'a.rules.yml',
    source: 'groups: [{name: a, interval: 1m, rules: [{alert: A, expr: vector(1)}]}]',
  };
  const rules = [{ alert: 'A', expr: 'vector(1)' }];
  const groups = [{ name: 'a', interval: '1m', rules }];
  const config = { ...readDefaults(), alerts: { A: { enabled: false } } };
  const [rendered] = renderRules([{ ...file, groups }], config);
  expect(rendered === undefined ? '' : writePlainRules(rendered, 'own.yml')).toMatch(
    /groups:\s+\[\]/,
  );
});

/** Fixed windows: the past for comparisons, the steps of the verdict, and how long a name is remembered. */
const natural =
  /seconds3m|\[3m:5s\]|\[30m\]|\[15m offset 1m\]|\[15m( offset 1[dw])?\]|\[1[hd](?: offset 1[dhw])?\]|ratio_rate1[hd]\b/;

test('no other window is fixed in a template', () => {
  const fixed = templates
    .flatMap(({ groups }) => groups.flatMap(({ rules }) => rules))
    .flatMap(
      ({ expr, record = '' }) =>
        `${record} ${expr}`.match(/\[\d+[smhd][^\]]*\]|_?(?:rate|p9\d_|increase)\d+[mhd]\b/g) ?? [],
    )
    .filter((window) => !natural.test(window) && !/^rate1[hd]$|^_rate1[hd]$/.test(window));
  expect(fixed).toEqual([]);
});
