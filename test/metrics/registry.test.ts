import perfHooks from 'node:perf_hooks';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createProcessMetrics } from '../../src/io/process-metrics.ts';
import { collect } from '../../src/metrics/collect.ts';
import { family } from '../../src/metrics/family.ts';
import { renderFamilies } from '../../src/metrics/registry.ts';
import { parseExposition } from '../support/exposition.ts';

const noFailure = () => undefined;
const noPause = () => Promise.resolve();

describe('renderFamilies()', () => {
  test('renders plain data, including histograms, through prom-client 15', async () => {
    const labels = { target: 'a' };
    const text = await renderFamilies(
      [
        {
          name: 'x_seconds',
          type: 'histogram',
          help: 'Time.',
          samples: [
            { labels, value: 1, suffix: '_bucket', le: '0.5' },
            { labels, value: 2, suffix: '_bucket', le: '+Inf' },
            { labels, value: 0.75, suffix: '_sum' },
            { labels, value: 2, suffix: '_count' },
          ],
        },
        { name: 'y', type: 'gauge', help: 'Y.', samples: [{ labels, value: 3 }] },
      ],
      noPause,
    );
    expect(text).toBe(
      [
        '# HELP x_seconds Time.',
        '# TYPE x_seconds histogram',
        'x_seconds_bucket{target="a",le="0.5"} 1',
        'x_seconds_bucket{target="a",le="+Inf"} 2',
        'x_seconds_sum{target="a"} 0.75',
        'x_seconds_count{target="a"} 2',
        '# HELP y Y.',
        '# TYPE y gauge',
        'y{target="a"} 3',
        '',
      ].join('\n'),
    );
  });

  test('a family longer than a batch has one header and every sample, with pauses between batches', async () => {
    let pauses = 0;
    const samples = Array.from({ length: 5001 }, (_, i) => ({
      labels: { i: String(i) },
      value: i,
    }));
    const text = await renderFamilies(
      [{ name: 'big', type: 'gauge', help: 'Big.', samples }],
      async () => {
        pauses += 1;
      },
    );
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('#'))).toHaveLength(2);
    expect(lines).toHaveLength(5003);
    expect(lines.at(-1)).toBe('big{i="5000"} 5000');
    expect(pauses).toBe(2);
  });

  test('B11 label values that imitate other labels stay separate series', async () => {
    const text = await renderFamilies(
      [
        {
          name: 'm',
          type: 'gauge',
          help: 'M.',
          samples: [
            { labels: { a: 'x,b:y', b: 'z' }, value: 1 },
            { labels: { a: 'x', b: 'y,b:z' }, value: 2 },
            { labels: { a: 'quote " backslash \\ newline \n', b: '' }, value: 3 },
          ],
        },
      ],
      noPause,
    );
    expect(
      parseExposition(text)
        .samples('m')
        .map(({ value }) => value),
    ).toEqual([1, 2, 3]);
  });
});

describe('createProcessMetrics()', () => {
  test('leaves out the gauges with a name that ends with _total', async () => {
    const text = await renderFamilies(await createProcessMetrics().collect(), noPause);
    expect(text).toContain('process_resident_memory_bytes ');
    expect(text).not.toMatch(/# TYPE \S+_total gauge/);
    expect(text).not.toContain('Nan');
  });

  test('measures the event loop at each scrape, not with a timer that wakes the process between scrapes', async () => {
    const monitor = vi.spyOn(perfHooks, 'monitorEventLoopDelay');
    onTestFinished(() => void monitor.mockRestore());
    const text = await renderFamilies(await createProcessMetrics().collect(), noPause);
    expect(text).toContain('nodejs_eventloop_lag_seconds ');
    expect(text).not.toMatch(/nodejs_eventloop_lag_\w+_seconds/);
    expect(monitor.mock.calls).toHaveLength(1);
    expect(monitor.mock.calls[0]?.[0]?.resolution).toBeGreaterThan(86_400_000);
  });
});

describe('collect()', () => {
  const good = family({
    name: 'good',
    type: 'gauge',
    help: 'G.',
    labels: [],
    source: '',
    samples: (n: number) => [{ labels: {}, value: n }],
  });
  const bad = family({
    name: 'bad',
    type: 'gauge',
    help: 'B.',
    labels: [],
    source: '',
    samples: (): [] => {
      throw new Error('no');
    },
  });
  const empty = family({
    name: 'empty',
    type: 'gauge',
    help: 'E.',
    labels: [],
    source: '',
    samples: () => [],
  });

  test('D9 a row that throws is left out and reported; the others remain', () => {
    const failures: string[] = [];
    const families = [...collect([bad, good], [1, 2], (name) => failures.push(name))];
    expect(families.map(({ name, samples }) => [name, samples.length])).toEqual([['good', 2]]);
    expect(failures).toEqual(['bad']);
  });

  test('a row without samples is left out', () => {
    expect([...collect([empty], [1], noFailure)]).toEqual([]);
  });

  test('a row is read when its family is asked for, and not before', () => {
    const read: number[] = [];
    const counting = { ...good, samples: (n: number) => [{ labels: {}, value: read.push(n) }] };
    const families = collect([counting, counting], [7], noFailure);
    families.next();
    expect(read).toEqual([7]);
  });
});
