import type { Result } from '../result.ts';
import type { Absence } from './absence.ts';

/** States of a TCP socket in the order of the kernel's numbers, 1 to 12 (include/net/tcp_states.h). */
export const tcpStates = [
  'established',
  'syn_sent',
  'syn_recv',
  'fin_wait1',
  'fin_wait2',
  'time_wait',
  'close',
  'close_wait',
  'last_ack',
  'listen',
  'closing',
  'new_syn_recv',
] as const;

export type TcpState = (typeof tcpStates)[number];

/**
 * One listening socket: a line in state 0A. A port has several with SO_REUSEPORT, or with one for each address family.
 */
export interface ListenSocket {
  /** `0.0.0.0`, `*`, `::` or one address; absent where the tables of /proc are used. */
  readonly address?: string;
  /** Connections completed by the kernel and not yet accepted: rx_queue of a LISTEN line (sk_ack_backlog). */
  readonly queueLength: number;
  /** Maximum of the queue (sk_max_ack_backlog); only from `ss`. */
  readonly queueLimit?: number;
  /** Identifies the process that holds it: `socket:[inode]` in /proc/PID/fd. */
  readonly inode: number;
  /** Control group of the process that created it, where the kernel has cgroup v2; only from `ss`. */
  readonly cgroup?: string;
}

/** A connection that the server holds, or has not accepted yet; only from `ss`. */
export interface ConnectionSocket {
  readonly state: TcpState;
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** Whether a process has it open: it is accepted and not closed. */
  readonly held: boolean;
  /** Received by the kernel and not read by the server. */
  readonly unreadBytes: number;
  /** Written by the server and not acknowledged by the client. */
  readonly unsentBytes: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly sinceSentSeconds?: number;
  readonly sinceReceivedSeconds?: number;
  readonly minRoundTripSeconds?: number;
}

/** All sockets of one local port. */
export interface PortSockets {
  readonly listeners: readonly ListenSocket[];
  /** Sockets of this local port by state; those in the accept queue are already `established`. */
  readonly connections: Readonly<Record<TcpState, number>>;
  /** Each connection that is accepted or queued; only from `ss`. */
  readonly sockets?: readonly ConnectionSocket[];
}

export interface SocketTable {
  /** One entry for each requested port, even if nothing listens on it. */
  readonly ports: ReadonlyMap<number, PortSockets>;
  /** Lines that are cut off or have an unknown form; they are not counted. */
  readonly malformedLines: number;
}

/** `TcpExt` counters of /proc/net/netstat: of the whole network namespace, not of one port. */
export interface ListenCounters {
  /** How often an accept queue was full when a handshake completed. */
  readonly listenOverflows?: number;
  /** Handshakes dropped at a listening socket for any reason, including a full queue. */
  readonly listenDrops?: number;
}

/** What was read of the kernel in the shared network namespace. Each part can fail separately. */
export interface KernelSnapshot {
  readonly sockets: Result<SocketTable, Absence>;
  readonly listenCounters: Result<ListenCounters, Absence>;
  /** net.core.somaxconn: the upper limit of every accept queue. */
  readonly somaxconn: Result<number, Absence>;
  /** Unix time in seconds at which it was read. */
  readonly readAtSeconds: number;
}

/** The accept queue of one port, over all its listening sockets. */
export interface AcceptQueue {
  readonly port: number;
  readonly length: number;
  /** Absent when somaxconn could not be read and no backlog is configured. */
  readonly limit?: number;
  /** One of its listening sockets takes no more, whatever room another has. */
  readonly full?: true;
}
