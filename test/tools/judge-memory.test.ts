import { expect, test } from 'vitest';
import { judgeMemory } from '../../tools/soak/judge-memory.ts';
import type { MemoryReading } from '../../tools/soak/memory-probe.ts';

const mebibyte = 1024 * 1024;

/** Every five seconds for ten minutes, as in a soak; buffers of the work at hand come and go. */
function readings(grown: (minutes: number) => Partial<MemoryReading>): readonly MemoryReading[] {
  return Array.from({ length: 120 }, (_, index) => {
    const atWork = ((index * 7919) % 13) * 0.1 * mebibyte;
    const { heapUsed = 0, external = 0 } = grown(index / 12);
    return {
      ...{ seconds: index * 5, arrayBuffers: atWork, rss: 90 * mebibyte },
      heapUsed: 22 * mebibyte + heapUsed,
      external: 4.5 * mebibyte + atWork + external,
    };
  });
}

test('judgeMemory() does not report buffers of current work as a leak', () => {
  expect(judgeMemory(readings(() => ({}))).problems).toEqual([]);
  // The last readings happen to be of much work.
  const late = readings((minutes) => ({ external: minutes % 1 > 0.5 ? minutes * mebibyte : 0 }));
  expect(judgeMemory(late).problems).toEqual([]);
});

test('judgeMemory() finds a leak of 50 KiB a minute in the heap, and of 150 KiB in buffers', () => {
  const leak = (minutes: number) => minutes * 50 * 1024;
  const heap = judgeMemory(readings((minutes) => ({ heapUsed: leak(minutes) })));
  expect(heap.problems).toEqual(['the heap grows']);
  const buffers = judgeMemory(readings((minutes) => ({ external: 3 * leak(minutes) })));
  expect(buffers.problems).toEqual(['the memory of buffers grows']);
});

test('judgeMemory() says nothing of a run that is shorter than the warm-up', () => {
  const short = readings((minutes) => ({ heapUsed: minutes * mebibyte * 9 })).slice(0, 60);
  expect(judgeMemory(short)).toMatchObject({ heap: undefined, problems: [] });
});
