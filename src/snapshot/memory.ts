/** A control group of a process or one of its parent groups. An absent limit means unlimited. */
export interface MemoryGroup {
  readonly limitBytes?: number;
  readonly usedBytes?: number;
  /** File cache in `usedBytes` that was not used lately; the kernel frees it first. */
  readonly inactiveFileBytes?: number;
}

/** Memory available to more processes of a server, and which limit applies. */
export interface MemoryRoom {
  readonly bytes: number;
  readonly limitedBy: 'machine' | 'control group';
}
