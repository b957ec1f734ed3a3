import { present } from '../present.ts';
import type { MemoryGroup } from '../snapshot/memory.ts';
import { parseCount } from './number.ts';

/** The control group that accounts for the memory of a process. */
export interface MemoryGroupPath {
  readonly version: 1 | 2;
  /** Relative to the root of the control group namespace of the reader; `/..` leads out of it. */
  readonly path: string;
}

/**
 * /proc/PID/cgroup (cgroups(7)): `4:memory:/system.slice/apache2.service` in version 1, `0::/system.slice/...` in
 * version 2. Where both are mounted, only one has the memory controller.
 */
export function parseMemoryGroupPath(text: string): MemoryGroupPath | undefined {
  const first = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(\/.*)$/m.exec(text)?.[1];
  if (first !== undefined) return { version: 1, path: first };
  const second = /^0::(\/.*)$/m.exec(text)?.[1];
  return second === undefined ? undefined : { version: 2, path: second };
}

/** Without a limit version 1 has the largest number of whole pages, and version 2 has `max`. */
const noLimit = 2 ** 60;

interface MemoryGroupTexts {
  /** memory.max and memory.high, or memory.limit_in_bytes. */
  readonly limits: readonly string[];
  /** memory.current, or memory.usage_in_bytes. */
  readonly used: string;
  readonly stat: string;
}

export function parseMemoryGroup({ limits, used, stat }: MemoryGroupTexts): MemoryGroup {
  const known = limits
    .flatMap((text) => parseCount(text.trim()) ?? [])
    .filter((limit) => limit < noLimit);
  // In version 1 only the total includes child groups.
  const inactive = /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat);
  return present({
    limitBytes: known.length === 0 ? undefined : Math.min(...known),
    usedBytes: parseCount(used.trim()),
    inactiveFileBytes: parseCount(inactive?.[1] ?? ''),
  });
}
