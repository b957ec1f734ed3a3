import { readFile } from 'node:fs/promises';
import { parseCount } from '../parse/number.ts';

/** Memory of this machine that processes can take without swapping (proc(5), MemAvailable); undefined elsewhere than Linux. */
export async function readAvailableMemory(path = '/proc/meminfo'): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const kibibytes = parseCount(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? '');
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}
