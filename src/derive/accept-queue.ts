import { present } from '../present.ts';
import type { AcceptQueue, PortSockets } from '../snapshot/kernel.ts';

/**
 * The backlog that Apache and nginx pass to listen() by default: ListenBackLog 511 (include/ap_listen.h,
 * DEFAULT_LISTENBACKLOG) and NGX_LISTEN_BACKLOG 511 (src/os/unix/ngx_linux_config.h).
 */
export const defaultListenBacklog = 511;

export interface BacklogBounds {
  /** net.core.somaxconn; absent when it could not be read. */
  readonly somaxconn?: number;
}

/**
 * The accept queue of one port. `ss` reports its limit (sk_max_ack_backlog). /proc/net/tcp does not, so the limit is
 * computed as the kernel does in listen(): min(backlog, somaxconn) for each listening socket, with the servers' default
 * backlog. A lower ListenBackLog is not visible there.
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
  return { port, length, ...present({ limit, full: full || undefined }) };
}

function assumedLimit({ somaxconn }: BacklogBounds): number | undefined {
  return somaxconn === undefined ? undefined : Math.min(defaultListenBacklog, somaxconn);
}
