import { describe, expect, test } from 'vitest';
import { adviceInput } from '../../src/derive/advice-input.ts';
import { emptySamples } from '../../src/derive/count-sample.ts';
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

  test('an MPM that no page shows is event if AsyncRequestWorkerFactor is configured', () => {
    const subject = { observation: { target: { name: 'cdn', server: 'apache' } } } as const;
    expect(adviceInput(subject, summary, { slots: 9 })).toEqual({
      summary,
      server: 'apache',
      slots: 9,
    });
    expect(adviceInput(subject, summary, { asyncFactor: 2 }).server).toBe('event');
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
    const sampledBefore = { sum: 100, count: 1000 };
    const since = viewOf(answeredWith(3), { counters: sampled(1600) });
    const { meanIdleSlots } = adviceInput(since, summary, { sampledBefore });
    expect(meanIdleSlots).toBeCloseTo((7 * 1600 - 100) / 600, 9);
  });

  test('samples with hardly a free slot tell that the server was full, under the timeout in force', () => {
    const saturation = {
      ...emptySamples.saturation,
      counts: [0, 0, 0, 0, 900, 100, 0],
      sum: 900,
    };
    const counters = {
      ...viewOf(answeredWith(3)).counters,
      samples: { ...emptySamples, saturation },
    };
    const view = viewOf(answeredWith(3), { counters });
    expect(input(view).fullSampleShare).toBeCloseTo(0.1, 9);
    const { fullSampleShare } = adviceInput(view, summary, {
      sampledBefore: { sum: 1, count: 1 },
    });
    expect(fullSampleShare).toBeUndefined();
  });
});
