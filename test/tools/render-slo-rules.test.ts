import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderSloRules } from '../../tools/render-slo-rules.ts';

interface Config {
  readonly objective?: number;
  readonly seconds?: number;
  readonly windows?: string;
}

const FAST = '{severity: critical, long: 1h, short: 5m, burn: 14.4, for: 2m}';

function config({ objective = 0.999, seconds = 1, windows = FAST }: Config = {}): string {
  return [
    `availability: {objective: ${objective}}`,
    `latency: {objective: 0.99, seconds: ${seconds}}`,
    'minimum_requests: 100',
    'minimum_bad: 10',
    `windows: [${windows}]`,
  ].join('\n');
}

describe('renderSloRules()', () => {
  it('makes an alert and the shares of both windows for each objective', () => {
    const { groups } = parse(renderSloRules(config())) as {
      groups: { rules: { record?: string; alert?: string }[] }[];
    };
    expect(groups.flatMap(({ rules }) => rules.map((rule) => rule.record ?? rule.alert))).toEqual([
      'target:slo_requests:increase1h',
      'target:slo_availability_failed:ratio_rate5m',
      'target:slo_availability_failed:ratio_rate1h',
      'WebserverAvailabilityBudgetBurn',
      'target:slo_latency_failed:ratio_rate5m',
      'target:slo_latency_failed:ratio_rate1h',
      'WebserverLatencyBudgetBurn',
    ]);
  });

  it('writes limits without the noise of floating point', () => {
    expect(renderSloRules(config())).toContain('ratio_rate1h > 0.0144\n');
  });

  it('matches le as Prometheus 2 and as Prometheus 3 writes it', () => {
    expect(renderSloRules(config({ seconds: 1 }))).toContain('le=~"1(\\\\.0)?"');
    expect(renderSloRules(config({ seconds: 0.25 }))).toContain('le=~"0\\\\.25"');
  });

  it('records a window once, however many alerts read it', () => {
    const windows = `${FAST}, {severity: warning, long: 6h, short: 1h, burn: 3, for: 1h}`;
    const text = renderSloRules(config({ windows }));
    expect(text.match(/record: target:slo_latency_failed:ratio_rate1h/g)).toHaveLength(1);
  });

  it('refuses an alert that can never fire', () => {
    expect(() => renderSloRules(config({ objective: 0.9 }))).toThrow('it can never fire');
  });

  it.each([
    ['an objective of 100 %', config({ objective: 1 })],
    ['no windows', config({ windows: '' })],
    ['a misspelt duration', config({ windows: FAST.replace('1h', 'hour') })],
    ['an unknown key', `${config()}\nburn: 3`],
    ['an empty file', ''],
  ])('refuses %s', (_, source) => {
    expect(() => renderSloRules(source)).toThrow();
  });
});
