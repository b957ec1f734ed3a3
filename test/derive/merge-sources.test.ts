import { expect, test } from 'vitest';
import { mergeSources } from '../../src/derive/merge-sources.ts';
import type { SourceView } from '../../src/snapshot/log-source.ts';

const stats = { readBytes: 1, skippedBytes: 2, lagBytes: 3, rotations: 4, tooLongLines: 5 };

const view = (source: string, more: Partial<SourceView> = {}): SourceView => ({
  source,
  stats,
  condition: { reason: 'reading' },
  ...more,
});

test('mergeSources() adds the figures of sources with one name, and keeps others apart', () => {
  expect(mergeSources([view('a.log'), view('b.log'), view('a.log')])).toEqual([
    view('a.log', {
      stats: { readBytes: 2, skippedBytes: 4, lagBytes: 6, rotations: 8, tooLongLines: 10 },
    }),
    view('b.log'),
  ]);
});

test('mergeSources() shows the problem of either source', () => {
  const problem = view('a.log', { condition: { reason: 'permission_denied' } });
  for (const sources of [
    [problem, view('a.log')],
    [view('a.log'), problem],
  ]) {
    expect(mergeSources(sources)[0]?.condition.reason).toBe('permission_denied');
  }
});

test('mergeSources() keeps the dropped datagrams of the one source that counts them', () => {
  const syslog = view('udp', { stats: { ...stats, droppedDatagrams: 7 } });
  for (const sources of [
    [syslog, view('udp')],
    [view('udp'), syslog],
  ]) {
    expect(mergeSources(sources)[0]?.stats.droppedDatagrams).toBe(7);
  }
  expect(mergeSources([view('a'), view('a')])[0]?.stats).not.toHaveProperty('droppedDatagrams');
});
