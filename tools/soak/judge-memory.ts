import type { MemoryReading } from './memory-probe.ts';
import { fitTrend, type Trend } from './trend.ts';

export interface MemoryReport {
  /** JavaScript objects after a full collection, bytes. */
  readonly heap: Trend | undefined;
  /** Of the whole run. */
  readonly mostHeap: number;
  /** Least bytes outside the heap, of the third and the last quarter. */
  readonly buffers: readonly [third: number, last: number];
  /** What the kernel has given the process; freed memory that the allocator keeps is in it. */
  readonly resident: Trend | undefined;
  readonly problems: readonly string[];
}

const mostHeapPerMinute = 32 * 1024;
const mostBuffers = 256 * 1024;

/** The tables of connections and addresses grow until their first entries are older than that. */
const warmUpSeconds = 300;

/**
 * Of the second half of a run, after five minutes. Objects are judged by the trend of the heap. Buffers of the work at
 * hand come and go, so buffers are judged by the least there was.
 */
export function judgeMemory(readings: readonly MemoryReading[]): MemoryReport {
  const late = readings
    .slice(Math.floor(readings.length / 2))
    .filter(({ seconds }) => seconds >= warmUpSeconds);
  const trend = (read: (reading: MemoryReading) => number) =>
    fitTrend(late.map((reading) => ({ seconds: reading.seconds, value: read(reading) })));
  const middle = Math.floor(late.length / 2);
  const least = (some: readonly MemoryReading[]) =>
    Math.min(...some.map(({ external }) => external));
  const heap = trend(({ heapUsed }) => heapUsed);
  const buffers = [least(late.slice(0, middle)), least(late.slice(middle))] as const;
  const heapGrows =
    heap !== undefined && heap.slopePerMinute - heap.uncertainty > mostHeapPerMinute;
  const buffersGrow = heap !== undefined && buffers[1] > buffers[0] + mostBuffers;
  return {
    heap,
    mostHeap: Math.max(0, ...readings.map(({ heapUsed }) => heapUsed)),
    buffers,
    resident: trend(({ rss }) => rss),
    problems: [
      ...(heapGrows ? ['the heap grows'] : []),
      ...(buffersGrow ? ['the memory of buffers grows'] : []),
    ],
  };
}
