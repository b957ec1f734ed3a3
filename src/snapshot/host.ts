import type { ActivityCounts, ConnectionSummary } from './connections.ts';

/** What the machine the exporter shares with a server says about it. Each part is absent when it is out of reach. */
export interface HostFigures {
  readonly listen?: readonly ListenFigures[];
  /** Whether `listen` has all ports of the server; if not, a queue may be elsewhere. */
  readonly listenComplete?: boolean;
  readonly listenOverflows?: number;
  readonly listenDrops?: number;
  readonly processes?: ProcessFigures;
  /** What each connection does; only where `ss` can be run. */
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
  /** One of its listening sockets takes no more, whatever room another has. */
  readonly queueFull?: true;
  /** Sockets by TCP state; those in the accept queue are among `established`. */
  readonly connections: Readonly<Record<string, number>>;
  /** Connections by what they do; only where `ss` can be run. */
  readonly activities?: ActivityCounts;
}

/** The processes of one server together. */
export interface ProcessFigures {
  readonly count: number;
  /** One of them, a parent where there is one: what limits it limits the server. */
  readonly pid: number;
  readonly residentBytes: number;
  /** Shared pages counted once (PSS); absent without permission to read smaps_rollup. */
  readonly proportionalBytes?: number;
  /** Memory of the workers alone, without the parent: proportional where known, else resident. */
  readonly workerBytes: number;
  /** Of the process with the least room: descriptors open and its limit. Absent without permission. */
  readonly openFds?: number;
  readonly maxFds?: number;
  /** Whether every worker is stopped (SIGSTOP, a debugger, the freezer). */
  readonly stopped: boolean;
}
