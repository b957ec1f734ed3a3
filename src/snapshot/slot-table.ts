import type { WorkerState } from './apache-status.ts';

/** What Apache's status page for people (without `?auto`) says of each slot. */
export interface SlotTable {
  /**
   * `extended`: ExtendedStatus On, a row for each slot that is or was in use. `pid_only`: ExtendedStatus Off, a PID and
   * a state for each slot with a process.
   */
  readonly layout: 'extended' | 'pid_only';
  readonly slots: readonly SlotRow[];
  /** Event only: one row for each process. */
  readonly asyncProcesses: readonly AsyncProcess[];
  /** Rows that do not have the columns their table announces; left out. */
  readonly malformedRows: number;
}

/**
 * One slot. Client, protocol, virtual host and request are those of the latest request: of the present client only in a
 * state other than `idle` and `open`. They hold what a client sent: escape them, and never make labels of them.
 */
export interface SlotRow {
  /** `Srv`, first part: the child's number. */
  readonly child?: number;
  /** `Srv`, second part. */
  readonly generation?: number;
  /** `PID`; absent for a slot whose process is gone (`-`). */
  readonly pid?: number;
  /** `Acc`. */
  readonly accesses?: SlotAccesses;
  /** `M`. */
  readonly state: WorkerState;
  /** `SS`: seconds since the beginning of the latest request. */
  readonly secondsSinceRequest?: number;
  /** `Req`: how long the latest request took. */
  readonly requestMilliseconds?: number;
  /** `Client`: an address, or a name under HostnameLookups. */
  readonly client?: string;
  /** `Protocol`, since 2.4.24. */
  readonly protocol?: string;
  readonly virtualHost?: string;
  /** `Request`: the request line, cut by the server to 63 characters. */
  readonly request?: string;
}

export interface SlotAccesses {
  readonly connection: number;
  readonly child: number;
  readonly slot: number;
}

/** One row of event's table of processes; a column a version does not print is absent. */
export interface AsyncProcess {
  readonly pid: number;
  /** `yes`, or `yes (old gen)` of a process that a graceful restart left behind. */
  readonly stopping?: boolean;
  readonly connections?: number;
  /** False while the process takes no new connection: all its workers are busy, or its connections are at the limit. */
  readonly accepting?: boolean;
  readonly busyThreads?: number;
  readonly gracefulThreads?: number;
  readonly idleThreads?: number;
  readonly asyncWaitIo?: number;
  readonly asyncWriting?: number;
  readonly asyncKeepAlive?: number;
  readonly asyncClosing?: number;
}

/** Who holds the slots of a server, by client address. */
export interface SlotHolders {
  /** Seconds since the last request of the idle keep-alive client that has waited longest. */
  readonly oldestKeepaliveSeconds?: number;
  /** Most slots one client holds, and how many clients hold any. Absent without ExtendedStatus. */
  readonly topClientSlots?: number;
  readonly clients?: number;
  /** Most slots first, the longest idle first among equals; for the page, never for labels. */
  readonly top: readonly SlotHolder[];
}

export interface SlotHolder {
  readonly client: string;
  readonly slots: number;
  readonly oldestIdleSeconds?: number;
}
