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

/** One listening socket: a line in state 0A. A port has several with SO_REUSEPORT or an address family each. */
export interface ListenSocket {
  readonly family: 'ipv4' | 'ipv6';
  /** `0.0.0.0`, `*`, `::` or one address; only from `ss`. */
  readonly address?: string;
  /** Connections the kernel has completed and nobody has accepted yet: rx_queue of a LISTEN line (sk_ack_backlog). */
  readonly queueLength: number;
  /** How many may wait (sk_max_ack_backlog); only from `ss`. */
  readonly queueLimit?: number;
  readonly uid: number;
  /** Finds the process that holds it: `socket:[inode]` in /proc/PID/fd. */
  readonly inode: number;
  /** Control group of the process that made it, where the kernel has cgroup v2; only from `ss`. */
  readonly cgroup?: string;
}

/** A connection that the server holds or has yet to accept; only from `ss`. */
export interface ConnectionSocket {
  readonly state: TcpState;
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** Whether a process has it open: accepted and not closed. */
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

/** Everything /proc/net/tcp and tcp6 say about one local port. */
export interface PortSockets {
  readonly listeners: readonly ListenSocket[];
  /** Sockets whose local port is this one; those in the accept queue are `established` here already. */
  readonly connections: Readonly<Record<TcpState, number>>;
  /** Each connection that is held or queued; only from `ss`. */
  readonly sockets?: readonly ConnectionSocket[];
}

export interface SocketTable {
  /** One entry for each port asked for, a port nobody listens on included. */
  readonly ports: ReadonlyMap<number, PortSockets>;
  /** Lines that were cut off or follow no known form; they are in no count. */
  readonly malformedLines: number;
}

/** `TcpExt` counters of /proc/net/netstat: of the whole network namespace, not of one port. */
export interface ListenCounters {
  /** Times an accept queue was full when a handshake completed. */
  readonly listenOverflows?: number;
  /** Handshakes thrown away at a listening socket for any reason, the full queue included. */
  readonly listenDrops?: number;
}

/** What the kernel of the shared network namespace says; each part may be out of reach by itself. */
export interface KernelSnapshot {
  readonly sockets: Result<SocketTable, Absence>;
  readonly listenCounters: Result<ListenCounters, Absence>;
  /** net.core.somaxconn: no accept queue is longer, whatever the server asks for. */
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
