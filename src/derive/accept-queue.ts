import type { AcceptQueue, PortSockets } from '../snapshot/kernel.ts';

/**
 * What Apache and nginx ask of listen() unless told otherwise: ListenBackLog 511 (include/ap_listen.h,
 * DEFAULT_LISTENBACKLOG) and NGX_LISTEN_BACKLOG 511 (src/os/unix/ngx_linux_config.h).
 */
export const defaultListenBacklog = 511;

export interface BacklogBounds {
  /** net.core.somaxconn; absent when it could not be read. */
  readonly somaxconn?: number;
  /** `ListenBackLog` or `listen ... backlog=`, where the operator states it. */
  readonly configuredBacklog?: number;
}

/**
 * The accept queue of one port. /proc/net/tcp shows how many connections wait, not how many may: the limit of a
 * listening socket (sk_max_ack_backlog) is handed out by sock_diag alone (`ss -lnt`, column Send-Q), a netlink socket
 * that Node.js cannot open. It is therefore computed as the kernel does in listen(): min(backlog, somaxconn), for each
 * listening socket; measured on Apache 2.4.71 with somaxconn 4096: `ss` says 511.
 *
 * A port without a listening socket has no accept queue: `undefined`, not 0.
 */
export function deriveAcceptQueue(
  port: number,
  sockets: PortSockets,
  bounds: BacklogBounds,
): AcceptQueue | undefined {
  const { listeners } = sockets;
  if (listeners.length === 0) return undefined;
  const length = listeners.reduce((sum, socket) => sum + socket.queueLength, 0);
  const limit = queueLimit(bounds);
  return { port, length, ...(limit === undefined ? {} : { limit: limit * listeners.length }) };
}

function queueLimit({ somaxconn, configuredBacklog }: BacklogBounds): number | undefined {
  if (somaxconn === undefined) return configuredBacklog;
  return Math.min(configuredBacklog ?? defaultListenBacklog, somaxconn);
}
