import type { MemoryGroup } from '../snapshot/memory.ts';
import { parseCount } from './number.ts';

/** The control group that accounts for the memory of a process. */
export interface MemoryGroupPath {
  readonly version: 1 | 2;
  /** From the root of the control group namespace of the reader; `/..` leads out of it. */
  readonly path: string;
}

/**
 * /proc/PID/cgroup (cgroups(7)): `4:memory:/system.slice/apache2.service` of version 1, `0::/system.slice/...` of
 * version 2. Where both are mounted, the controller of memory is in one of them only.
 */
export function parseMemoryGroupPath(text: string): MemoryGroupPath | undefined {
  const first = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(\/.*)$/m.exec(text)?.[1];
  if (first !== undefined) return { version: 1, path: first };
  const second = /^0::(\/.*)$/m.exec(text)?.[1];
  return second === undefined ? undefined : { version: 2, path: second };
}

/** Without a limit version 1 says the largest number of whole pages, and version 2 says `max`. */
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
  const usedBytes = parseCount(used.trim());
  // Of version 1 only the total has what groups below use.
  const inactive = /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat);
  const inactiveFileBytes = parseCount(inactive?.[1] ?? '');
  return {
    ...(known.length === 0 ? {} : { limitBytes: Math.min(...known) }),
    ...(usedBytes === undefined ? {} : { usedBytes }),
    ...(inactiveFileBytes === undefined ? {} : { inactiveFileBytes }),
  };
}
