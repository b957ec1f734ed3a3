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
  /** Connections the kernel has completed and nobody has accepted yet: rx_queue of a LISTEN line (sk_ack_backlog). */
  readonly queueLength: number;
  readonly uid: number;
  /** Finds the process that holds it: `socket:[inode]` in /proc/PID/fd. */
  readonly inode: number;
}

/** Everything /proc/net/tcp and tcp6 say about one local port. */
export interface PortSockets {
  readonly listeners: readonly ListenSocket[];
  /** Sockets whose local port is this one; those in the accept queue are `established` here already. */
  readonly connections: Readonly<Record<TcpState, number>>;
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
}

/** The accept queue of one port, over all its listening sockets. */
export interface AcceptQueue {
  readonly port: number;
  readonly length: number;
  /** Absent when somaxconn could not be read and no backlog is configured. */
  readonly limit?: number;
}
