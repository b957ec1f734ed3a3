import { expect, test } from 'vitest';
import { adviceFamilies } from '../../src/metrics/advice-families.ts';
import { configFamilies } from '../../src/metrics/config-families.ts';
import type { Advice } from '../../src/snapshot/advice.ts';
import type { Meaning } from '../../src/snapshot/log-record.ts';
import { steadyAdvice, steadyTracker } from '../support/advised-traffic.ts';
import { answeredWith, viewOf } from '../support/page-view.ts';

function read(advice: Advice) {
  const { gaps: gap, missed } = steadyTracker();
  const gaps = { gap: gap.histogram, missed: missed.histogram };
  const logs = { fields: new Set<Meaning>(), sources: [], gaps };
  const view = viewOf(answeredWith(3, 20), { advice, logs });
  return new Map(adviceFamilies.map(({ name, samples }) => [name, [...samples(view)]]));
}

test('the metrics contain a prediction for each timeout, and the advice', () => {
  const samples = read(steadyAdvice());
  const slots = samples.get('webserver_predicted_slots') ?? [];
  expect(slots.map(({ labels }) => 'timeout' in labels && labels['timeout'])).toContain('0.5');
  expect(samples.get('webserver_advised_keepalive_timeout_seconds')?.[0]?.value).toBe(1.5);
  expect(samples.get('webserver_advised_slots')?.[0]?.value).toBe(20);
  const count = samples.get('webserver_log_keepalive_gap_seconds')?.at(-1);
  expect(count).toMatchObject({ suffix: '_count', value: 1200 });
});

test('without advice there are no predictions, but gaps are counted', () => {
  const samples = read(steadyAdvice({ minimum: { seconds: 7200, connections: 1 } }));
  const named = [...samples].filter(([, rows]) => rows.length > 0).map(([name]) => name);
  expect(named).toEqual(['webserver_log_keepalive_gap_seconds']);
});

test('where memory allows no more slots, none are advised, so that no alert asks for them', () => {
  const redesign = steadyAdvice({ slots: 1, workerBytes: 2 ** 20, availableBytes: 1 });
  expect(redesign.kind).toBe('redesign');
  const samples = read(redesign);
  expect(samples.get('webserver_advised_slots')).toEqual([]);
  expect(samples.get('webserver_advised_keepalive_timeout_seconds')).toEqual([]);
  expect(samples.get('webserver_predicted_slots')).not.toEqual([]);
});

test('the timeout comes from the file, else from the assumption of the advice', () => {
  const family = configFamilies.find(({ name }) => name === 'webserver_keepalive_timeout_seconds');
  const keepaliveTimeout = { seconds: 75, source: 'default' } as const;
  const logs = { fields: new Set<Meaning>(), sources: [], keepaliveTimeout };
  const figures = {
    keepaliveTimeoutSeconds: { value: 20, origin: 'nginx.conf:3' },
    keepaliveRequests: { value: 100, origin: 'default' },
  };
  const config = { findings: [], figures };
  const assumed = viewOf(answeredWith(3), { logs });
  const configured = viewOf(answeredWith(3), { logs, config });
  const read = (view: typeof configured) =>
    [...(family?.samples(view) ?? [])].map(({ labels, value }) => [labels['source'], value]);
  expect([read(assumed), read(configured)]).toEqual([[['default', 75]], [['config', 20]]]);
});
