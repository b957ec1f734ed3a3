import type { AcceptQueue, PortSockets } from '../snapshot/kernel.ts';

/**
 * What Apache and nginx ask of listen() unless told otherwise: ListenBackLog 511 (include/ap_listen.h,
 * DEFAULT_LISTENBACKLOG) and NGX_LISTEN_BACKLOG 511 (src/os/unix/ngx_linux_config.h).
 */
export const defaultListenBacklog = 511;

export interface BacklogBounds {
  /** net.core.somaxconn; absent when it could not be read. */
  readonly somaxconn?: number;
}

/**
 * The accept queue of one port. `ss` tells how many may wait (sk_max_ack_backlog). /proc/net/tcp does not; then it is
 * computed as the kernel does in listen(): min(backlog, somaxconn) for each listening socket, with the backlog servers
 * ask for by default. A lower ListenBackLog is not seen there.
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
  const assumed = assumedLimit(bounds);
  const limit = listeners.reduce<number | undefined>((sum, { queueLimit = assumed }) => {
    return sum === undefined || queueLimit === undefined ? undefined : sum + queueLimit;
  }, 0);
  const full = listeners.some(({ queueLength, queueLimit = assumed }) => {
    return queueLimit !== undefined && queueLimit > 0 && queueLength >= queueLimit;
  });
  return {
    port,
    length,
    ...(limit === undefined ? {} : { limit }),
    ...(full ? { full: true } : {}),
  };
}

function assumedLimit({ somaxconn }: BacklogBounds): number | undefined {
  return somaxconn === undefined ? undefined : Math.min(defaultListenBacklog, somaxconn);
}
