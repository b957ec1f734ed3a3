import { expect, test } from 'vitest';
import { updateBenchmarks } from '../../bench/benchmark-document.ts';

const names = ['scrape', 'logs'];
const logs = { name: 'logs', measured: '2026-11-21: 2 cores.', output: '\n   lines/s\nmtail 5\n' };
const scrape = { name: 'scrape', measured: '2026-11-22: 4 cores.', output: 'p99 7 ms' };

test('updateBenchmarks() keeps the sections of other benchmarks, in the order of the benchmarks', () => {
  const first = updateBenchmarks('', [logs], names);
  const both = updateBenchmarks(first, [scrape], names);
  expect(both.match(/^## .*$/gm)).toEqual(['## scrape', '## logs']);
  expect(both).toContain('2026-11-21: 2 cores.\n\n```\n   lines/s\nmtail 5\n```');
  expect(both).toContain('2026-11-22: 4 cores.\n\n```\np99 7 ms\n```');
});

test('updateBenchmarks() replaces the section of a benchmark that ran again', () => {
  const first = updateBenchmarks('', [logs, scrape], names);
  const again = updateBenchmarks(first, [{ ...logs, output: 'mtail 6' }], names);
  expect(again).toContain('mtail 6');
  expect(again).not.toContain('mtail 5');
  expect(again.match(/^## .*$/gm)).toEqual(['## scrape', '## logs']);
});

test('updateBenchmarks() drops the section of a benchmark that is gone', () => {
  const first = updateBenchmarks('', [logs, scrape], names);
  expect(updateBenchmarks(first, [], ['logs'])).not.toContain('## scrape');
});

test('updateBenchmarks() says how to run a benchmark that has no section yet, until it has run', () => {
  const first = updateBenchmarks('', [logs], names);
  expect(first).toContain(
    '## scrape\n\nNot measured yet. `npm run bench -- --write scrape` fills this section.\n',
  );
  const both = updateBenchmarks(first, [scrape], names);
  expect(both).not.toContain('Not measured yet');
  expect(updateBenchmarks(both, [], names)).toBe(both);
});
