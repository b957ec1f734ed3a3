import { readFile } from 'node:fs/promises';

/** Memory of a process in bytes just after a full garbage collection, because garbage is not a leak. */
export interface MemoryReading {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly rss: number;
  readonly seconds: number;
}

export interface ProbeOptions {
  /** Which functions V8 compiles to machine code. */
  readonly compiled: 'none' | 'all';
  readonly everyMilliseconds?: number;
}

const compilerFlags = {
  none: ['--no-opt', '--no-maglev', '--no-sparkplug', '--no-lazy-feedback-allocation'],
  all: ['--always-turbofan'],
};

/**
 * Environment that makes a Node.js process collect garbage and append a reading to a file every few seconds.
 *
 * - Twice: V8 frees the buffers of a collection in the background, so after one collection, megabytes of garbage may
 *   still be counted. The second collection waits for the first.
 * - V8 compiles one function after the other for hours, which looks like a leak in the heap. So for a trend nothing is
 *   compiled, and the heap with all functions compiled shows how far that goes.
 */
export function memoryProbe(
  file: string,
  { compiled, everyMilliseconds = 5000 }: ProbeOptions,
): Readonly<Record<string, string>> {
  const code = `
    import { appendFileSync } from 'node:fs';
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    for (const flag of ${JSON.stringify(['--expose-gc', ...compilerFlags[compiled]])}) setFlagsFromString(flag);
    const collect = runInNewContext('gc');
    setInterval(() => {
      collect();
      collect();
      appendFileSync(${JSON.stringify(file)}, JSON.stringify({ ...process.memoryUsage(), seconds: process.uptime() }) + '\\n');
    }, ${everyMilliseconds}).unref();`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

/** All readings so far, oldest first. */
export async function readMemory(file: string): Promise<readonly MemoryReading[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const reading: unknown = line.endsWith('}') ? JSON.parse(line) : undefined;
    return isReading(reading) ? [reading] : [];
  });
}

function isReading(value: unknown): value is MemoryReading {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['heapUsed', 'external', 'arrayBuffers', 'rss', 'seconds'].every((key) => key in value)
  );
}
