import { describe, expect, test } from 'vitest';
import { adviceInput, shownByServer } from '../../src/derive/advice-input.ts';
import { emptySamples } from '../../src/derive/count-sample.ts';
import { present } from '../../src/present.ts';
import type { SampleCounters } from '../../src/snapshot/samples.ts';
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
        processes: { count: 7, pid: 1, residentBytes: 9e9, workerBytes: 600, stopped: false },
      },
    });
    const target = { name: 'shop', server: 'apache' } as const;
    const apache = { ...view, observation: { ...view.observation, target } };
    expect(input(apache)).toMatchObject({ server: 'apache', slots: 6, workerBytes: 100 });
  });

  test('the MPM of the last answer stays true while the server does not answer', () => {
    const target = { name: 'shop', server: 'apache' } as const;
    const identity = { mpm: 'event', keepaliveModel: 'async' } as const;
    const silent = viewOf(failedWith('response_timeout'), { identity });
    const full = { ...silent, observation: { ...silent.observation, target } };
    expect(input(full).server).toBe('event');
  });

  test('what the last answer showed counts until the next, whatever the kernel shows meanwhile', () => {
    const shown = shownByServer(viewOf(answeredWith(3, 512)));
    expect(shown).toEqual({ server: 'nginx', slots: 512 });
    const guessed = { ...fullPrefork, groups: [] };
    const silent = viewOf(failedWith('refused'), { figures: guessed });
    const since = (view: TargetView) =>
      adviceInput(view, summary, { slots: 9, ...present({ shown }) });
    expect(since(silent)).toMatchObject({ server: 'nginx', slots: 512 });
    expect(since(viewOf(answeredWith(3, 64)))).toMatchObject({ slots: 64 });
    expect(shownByServer(silent)).toBeUndefined();
  });

  test('an MPM that no page shows is event if AsyncRequestWorkerFactor is configured', () => {
    const subject = { observation: { target: { name: 'cdn', server: 'apache' } } } as const;
    expect(adviceInput(subject, summary, { slots: 9 })).toEqual({
      summary,
      server: 'apache',
      slots: 9,
    });
    expect(adviceInput(subject, summary, { asyncFactor: 2 }).server).toBe('event');
    const shown = { server: 'apache', slots: 50 } as const;
    expect(adviceInput(subject, summary, { asyncFactor: 2, shown }).server).toBe('event');
  });

  test('keep-alive slots count as measured from ten minutes of samples on', () => {
    const sampled = (count: number) => ({
      ...viewOf(answeredWith(3)).counters,
      samples: { ...emptySamples, keepaliveSlots: { sum: 7 * count, count } },
    });
    const few = viewOf(answeredWith(3), { counters: sampled(599) });
    const enough = viewOf(answeredWith(3), { counters: sampled(600) });
    expect(input(few).meanIdleSlots).toBeUndefined();
    expect(input(enough).meanIdleSlots).toBe(7);
    const sampledBefore = { ...emptySamples, keepaliveSlots: { sum: 100, count: 1000 } };
    const since = viewOf(answeredWith(3), { counters: sampled(1600) });
    const { meanIdleSlots } = adviceInput(since, summary, { sampledBefore });
    expect(meanIdleSlots).toBeCloseTo((7 * 1600 - 100) / 600, 9);
  });

  test('samples with hardly a free slot tell that the server was full, under the setting in force', () => {
    const sampled = (full: number, roomy: number) => {
      const saturation = { ...emptySamples.saturation, counts: [0, 0, 0, 0, roomy, full, 0] };
      return { ...emptySamples, saturation };
    };
    const viewWith = (samples: SampleCounters) =>
      viewOf(answeredWith(3), { counters: { ...viewOf(answeredWith(3)).counters, samples } });
    const view = viewWith(sampled(100, 900));
    expect(input(view).fullSampleShare).toBeCloseTo(0.1, 9);
    const since = (before: SampleCounters) =>
      adviceInput(view, summary, { sampledBefore: before }).fullSampleShare;
    expect(since(sampled(100, 300))).toBe(0);
    expect(since(sampled(40, 300))).toBeCloseTo(60 / 660, 9);
    expect(since(sampled(100, 301))).toBeUndefined();
    // Sampling began anew, as after a reload of the configuration.
    expect(since(sampled(200, 900))).toBeCloseTo(0.1, 9);
  });
});
