import { describe, expect, test } from 'vitest';
import { adviceInput } from '../../src/derive/advice-input.ts';
import { noSamples } from '../../src/derive/count-sample.ts';
import { findKeepaliveTimeout } from '../../src/derive/nginx-keepalive-timeout.ts';
import { parseNginxConfig } from '../../src/parse/nginx-config.ts';
import type { TargetView } from '../../src/snapshot/target-view.ts';
import { steadyGaps } from '../support/advised-traffic.ts';
import { answeredWith, failedWith, fullPrefork, viewOf } from '../support/page-view.ts';

const summary = steadyGaps();
const input = (view: TargetView) => adviceInput(view, summary, {});

describe('adviceInput()', () => {
  test('nginx has connections for slots', () => {
    expect(input(viewOf(answeredWith(3, 512)))).toEqual({ summary, server: 'nginx', slots: 512 });
  });

  test('a blocking server has workers, with their share of the memory', () => {
    const view = viewOf(failedWith('response_timeout'), {
      figures: fullPrefork,
      host: {
        processes: { count: 7, residentBytes: 9e9, workerBytes: 600, stopped: false },
      },
    });
    const target = { name: 'shop', server: 'apache' } as const;
    const apache = { ...view, observation: { ...view.observation, target } };
    expect(input(apache)).toMatchObject({ server: 'apache', slots: 6, workerBytes: 100 });
  });

  test('keep-alive slots count as measured from ten minutes of samples on', () => {
    const sampled = (count: number) => ({
      ...viewOf(answeredWith(3)).counters,
      samples: { ...noSamples, keepaliveSlots: { sum: 7 * count, count } },
    });
    const few = viewOf(answeredWith(3), { counters: sampled(599) });
    const enough = viewOf(answeredWith(3), { counters: sampled(600) });
    expect(input(few).meanIdleSlots).toBeUndefined();
    expect(input(enough).meanIdleSlots).toBe(7);
  });
});

describe('findKeepaliveTimeout()', () => {
  test.each([
    ['', 75],
    ['http { keepalive_timeout 20; }', 20],
    ['http { keepalive_timeout 1m30s 60; }', 90],
    ['http { keepalive_timeout 500ms; server { listen 80; } }', 0.5],
    ['http { server { keepalive_timeout 3s; } server { keepalive_timeout 9; } }', 9],
    ['http { keepalive_timeout 4; server { keepalive_timeout 3s; } }', 3],
    ['http { server { keepalive_timeout 3s; } server { listen 81; } }', 75],
    ['http { keepalive_timeout $x; }', 75],
    ['stream { keepalive_timeout 3; }', 75],
  ])('of "%s" is %d', (text, wanted) => {
    const directives = parseNginxConfig(text);
    expect(directives.ok && findKeepaliveTimeout(directives.value, 75)).toBe(wanted);
  });
});
