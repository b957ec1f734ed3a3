/** A control group that a process is in, directly or through another group. Absent: the group has no limit. */
export interface MemoryGroup {
  readonly limitBytes?: number;
  readonly usedBytes?: number;
  /** Of those used: file cache that nobody used lately, which the kernel gives up first. */
  readonly inactiveFileBytes?: number;
}

/** Memory that more processes of a server can take, and which limit ends it. */
export interface MemoryRoom {
  readonly bytes: number;
  readonly limitedBy: 'machine' | 'control group';
}
