import { present } from '../present.ts';
import type { HostFigures, ListenFigures } from '../snapshot/host.ts';
import type { ConnectionSocket, PortSockets, SocketTable } from '../snapshot/kernel.ts';
import type { ListenEndpoint } from '../snapshot/listeners.ts';
import { deriveAcceptQueue } from './accept-queue.ts';
import { countActivities, summarizeConnections } from './connection-activity.ts';
import { isWildcard, socketsOf } from './server-listeners.ts';

export interface HostContext {
  readonly endpoints: readonly ListenEndpoint[];
  /** Whether the endpoints are all endpoints of the server. */
  readonly complete: boolean;
  /** net.core.somaxconn; absent when it could not be read. */
  readonly somaxconn?: number;
}

/** The figures of one server in the socket table of the kernel. */
export function deriveHostFigures(table: SocketTable, context: HostContext): HostFigures {
  const { endpoints, complete, somaxconn } = context;
  const found = [...new Set(endpoints.map(({ port }) => port))].flatMap((port) => {
    const sockets = table.ports.get(port);
    const here = endpoints.filter((endpoint) => endpoint.port === port);
    return sockets === undefined ? [] : [{ port, sockets: ofEndpoints(here, sockets) }];
  });
  const listen = found.flatMap(({ port, sockets }): readonly ListenFigures[] => {
    const queue = deriveAcceptQueue(port, sockets, present({ somaxconn }));
    if (queue === undefined) return [];
    return [
      {
        port,
        queueLength: queue.length,
        connections: sockets.connections,
        ...present({
          queueLimit: queue.limit,
          queueFull: queue.full,
          activities: sockets.sockets && countActivities(sockets.sockets),
        }),
      },
    ];
  });
  const all = found.map(({ sockets }) => sockets.sockets);
  const connections = all.every((sockets) => sockets !== undefined)
    ? summarizeConnections(all.flat())
    : undefined;
  return {
    listen,
    listenComplete: complete,
    ...(connections === undefined || listen.length === 0 ? {} : { connections }),
  };
}

/**
 * Two servers may share a port on different addresses; only `ss` shows the addresses. A server with several addresses
 * on one port has one queue length and one limit there: their sums.
 */
function ofEndpoints(endpoints: readonly ListenEndpoint[], sockets: PortSockets): PortSockets {
  if (sockets.sockets === undefined) return sockets;
  const all = sockets.listeners.map((listener) => ({ ...listener, port: endpoints[0]?.port ?? 0 }));
  const own = new Set(endpoints.flatMap((endpoint) => socketsOf(endpoint, all)));
  const listeners = all.filter((listener) => own.has(listener));
  if (listeners.length === all.length) return sockets;
  const belongs = addressFilter(listeners, all);
  const held = sockets.sockets.filter(({ localAddress }) => belongs(localAddress));
  const connections = { ...sockets.connections };
  for (const { state, localAddress } of sockets.sockets) {
    if (!belongs(localAddress)) connections[state] -= 1;
  }
  connections.listen = listeners.length;
  return { listeners, sockets: held, connections };
}

interface Bound {
  readonly address?: string;
}

/** The kernel prefers the socket bound to the address of a connection over sockets bound to all addresses. */
function addressFilter(
  listeners: readonly Bound[],
  all: readonly Bound[],
): (localAddress: ConnectionSocket['localAddress']) => boolean {
  const own = new Set(listeners.map(({ address }) => address ?? '*'));
  if (![...own].some(isWildcard)) return (address) => own.has(address);
  const others = new Set(
    all.flatMap(({ address = '*' }) => (isWildcard(address) || own.has(address) ? [] : [address])),
  );
  return (address) => !others.has(address);
}
