import { readFile } from 'node:fs/promises';

/** Memory of a process in bytes just after a full garbage collection, because garbage is not a leak. */
export interface MemoryReading {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly rss: number;
  readonly seconds: number;
}

const everyMilliseconds = 5000;

/** Environment that makes a Node.js process collect garbage and append a reading to a file every few seconds. */
export function memoryProbe(file: string): Readonly<Record<string, string>> {
  const code = `
    import { appendFileSync } from 'node:fs';
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    setInterval(() => {
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
