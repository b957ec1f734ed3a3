import type { MemoryGroup, MemoryRoom } from '../snapshot/memory.ts';

interface MemoryLimits {
  /** MemAvailable; it describes the machine, in a container too. */
  readonly availableBytes?: number;
  readonly groups: readonly MemoryGroup[];
}

/** Memory available to more workers: the minimum over the machine and each control group of the server. */
export function deriveMemoryRoom({ availableBytes, groups }: MemoryLimits): MemoryRoom | undefined {
  const left = groups.flatMap((group) => roomIn(group) ?? []);
  const bytes = Math.min(...left, availableBytes ?? Infinity);
  if (!Number.isFinite(bytes)) return undefined;
  return { bytes, limitedBy: bytes === availableBytes ? 'machine' : 'control group' };
}

/** Counted as the kubelet counts a working set: inactive file cache counts as free. */
function roomIn({ limitBytes, usedBytes, inactiveFileBytes = 0 }: MemoryGroup): number | undefined {
  if (limitBytes === undefined || usedBytes === undefined) return undefined;
  return Math.max(0, limitBytes - Math.max(0, usedBytes - inactiveFileBytes));
}
