import { expect, test } from 'vitest';
import { adviceFamilies } from '../../src/metrics/advice-families.ts';
import type { Advice } from '../../src/snapshot/advice.ts';
import { steadyAdvice, steadyGaps } from '../support/advised-traffic.ts';
import { answeredWith, viewOf } from '../support/page-view.ts';

function read(advice: Advice) {
  const { gapHistogram: gap, missedHistogram: missed } = steadyGaps();
  const gaps = { gap, missed };
  const keepaliveTimeout = { seconds: 30, source: 'default' } as const;
  const logs = { tells: new Set<string>(), sources: [], gaps, keepaliveTimeout };
  const view = viewOf(answeredWith(3, 20), { advice, logs });
  return new Map(adviceFamilies.map(({ name, samples }) => [name, [...samples(view)]]));
}

test('the advice is in metrics: a sample for each timeout, and what is advised', () => {
  const samples = read(steadyAdvice());
  const slots = samples.get('webserver_predicted_slots') ?? [];
  expect(slots.map(({ labels }) => 'timeout' in labels && labels['timeout'])).toContain('0.5');
  expect(samples.get('webserver_advised_keepalive_timeout_seconds')?.[0]?.value).toBe(2);
  expect(samples.get('webserver_advised_slots')?.[0]?.value).toBe(20);
  expect(samples.get('webserver_keepalive_timeout_seconds')?.[0]).toMatchObject({
    labels: { source: 'default' },
    value: 30,
  });
  const count = samples.get('webserver_log_keepalive_gap_seconds')?.at(-1);
  expect(count).toMatchObject({ suffix: '_count', value: 1200 });
});

test('without an advice nothing is predicted, and gaps are counted all the same', () => {
  const samples = read(steadyAdvice({ least: { seconds: 7200, connections: 1 } }));
  const named = [...samples].filter(([, rows]) => rows.length > 0).map(([name]) => name);
  expect(named).toEqual([
    'webserver_log_keepalive_gap_seconds',
    'webserver_keepalive_timeout_seconds',
  ]);
});
