import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 10;

/**
 * How late this process was served at its worst while the work went on. A server on the same machine acts as late as
 * that, and so do we when we note what it did: a measured time may be longer by twice as much.
 */
export async function measureLateness<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly latenessSeconds: number }> {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  try {
    const result = await work();
    const latest = delays.max / 1e9 - resolutionMs / 1000;
    return { result, latenessSeconds: Math.max(0, 2 * latest) };
  } finally {
    delays.disable();
  }
}
