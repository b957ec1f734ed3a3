import type { ActivityCounts, ConnectionSummary } from './connections.ts';

/** What the machine shows of a server that runs on it, too. A part is absent when it cannot be read. */
export interface HostFigures {
  readonly listen?: readonly ListenFigures[];
  /** Whether `listen` has all ports of the server. If not, visitors may wait in a queue that is not seen. */
  readonly listenComplete?: boolean;
  readonly listenOverflows?: number;
  readonly listenDrops?: number;
  readonly processes?: ProcessFigures;
  /** The activity of each connection; only where `ss` can be run. */
  readonly connections?: ConnectionSummary;
  /** Unix time in seconds at which the kernel was read. */
  readonly kernelReadAtSeconds?: number;
}

/** One listening port of a server. */
export interface ListenFigures {
  readonly port: number;
  /** Connections completed by the kernel that the server has not accepted. */
  readonly queueLength: number;
  /** Absent when somaxconn could not be read. */
  readonly queueLimit?: number;
  /** The queue of one of its listening sockets is full, even if another has room. */
  readonly queueFull?: true;
  /** Sockets by TCP state; those in the accept queue are among `established`. */
  readonly connections: Readonly<Record<string, number>>;
  /** Connections by activity; only where `ss` can be run. */
  readonly activities?: ActivityCounts;
}

/** The processes of one server, summed up. */
export interface ProcessFigures {
  readonly count: number;
  /** One of them, the parent if there is one: its limits apply to the server. */
  readonly pid: number;
  readonly residentBytes: number;
  /** Shared pages counted once (PSS); absent without permission to read smaps_rollup. */
  readonly proportionalBytes?: number;
  /** Memory of the workers without the parent: proportional where known, else resident. */
  readonly workerBytes: number;
  /** Open descriptors and their limit, of the process with the least room. Absent without permission. */
  readonly openFds?: number;
  readonly maxFds?: number;
  /** Whether every worker is stopped (SIGSTOP, a debugger, the freezer). */
  readonly stopped: boolean;
}
