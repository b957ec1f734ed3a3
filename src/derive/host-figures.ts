import type { HostFigures, ListenFigures } from '../snapshot/host.ts';
import type { ConnectionSocket, PortSockets, SocketTable } from '../snapshot/kernel.ts';
import type { ListenEndpoint } from '../snapshot/listeners.ts';
import { deriveAcceptQueue } from './accept-queue.ts';
import { countActivities, summarizeConnections } from './connection-activity.ts';
import { isWildcard, socketsOf } from './server-listeners.ts';

export interface HostContext {
  readonly endpoints: readonly ListenEndpoint[];
  /** Whether the endpoints are all that the server has. */
  readonly complete: boolean;
  /** net.core.somaxconn; absent when it could not be read. */
  readonly somaxconn?: number;
}

/** What the kernel's socket table says about one server. */
export function deriveHostFigures(table: SocketTable, context: HostContext): HostFigures {
  const { endpoints, complete, somaxconn } = context;
  const found = endpoints.flatMap((endpoint) => {
    const sockets = table.ports.get(endpoint.port);
    return sockets === undefined ? [] : [{ endpoint, ...ofEndpoint(endpoint, sockets) }];
  });
  const listen = found.flatMap(({ endpoint, sockets }): readonly ListenFigures[] => {
    const bounds = somaxconn === undefined ? {} : { somaxconn };
    const queue = deriveAcceptQueue(endpoint.port, sockets, bounds);
    if (queue === undefined) return [];
    return [
      {
        port: endpoint.port,
        queueLength: queue.length,
        ...(queue.limit === undefined ? {} : { queueLimit: queue.limit }),
        connections: sockets.connections,
        ...(sockets.sockets === undefined ? {} : { activities: countActivities(sockets.sockets) }),
      },
    ];
  });
  const all = found.map(({ sockets }) => sockets.sockets);
  const connections = all.every((sockets) => sockets !== undefined)
    ? summarizeConnections(all.flat())
    : undefined;
  return {
    listen: mergePorts(listen),
    listenComplete: complete,
    ...(connections === undefined || listen.length === 0 ? {} : { connections }),
  };
}

/** Two servers may have one port on different addresses: only `ss` tells the addresses. */
function ofEndpoint(
  endpoint: ListenEndpoint,
  sockets: PortSockets,
): { readonly sockets: PortSockets } {
  if (sockets.sockets === undefined) return { sockets };
  const all = sockets.listeners.map((listener) => ({ ...listener, port: endpoint.port }));
  const listeners = socketsOf(endpoint, all);
  if (listeners.length === all.length) return { sockets };
  const belongs = addressFilter(listeners, all);
  const own = sockets.sockets.filter(({ localAddress }) => belongs(localAddress));
  const connections = { ...sockets.connections };
  for (const { state, localAddress } of sockets.sockets) {
    if (!belongs(localAddress)) connections[state] -= 1;
  }
  connections.listen = listeners.length;
  return { sockets: { listeners, sockets: own, connections } };
}

interface Bound {
  readonly address?: string;
}

/** The kernel hands a connection to the socket bound to its address, before those bound to all addresses. */
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

/** A server that listens on one port with several addresses has one queue length and one limit there: their sums. */
function mergePorts(listen: readonly ListenFigures[]): readonly ListenFigures[] {
  const byPort = new Map<number, ListenFigures>();
  for (const figures of listen) {
    const before = byPort.get(figures.port);
    byPort.set(figures.port, before === undefined ? figures : addFigures(before, figures));
  }
  return [...byPort.values()];
}

function addFigures(a: ListenFigures, b: ListenFigures): ListenFigures {
  return {
    port: a.port,
    queueLength: a.queueLength + b.queueLength,
    ...(a.queueLimit === undefined || b.queueLimit === undefined
      ? {}
      : { queueLimit: a.queueLimit + b.queueLimit }),
    connections: addCounts(a.connections, b.connections),
    ...(a.activities === undefined || b.activities === undefined
      ? {}
      : { activities: addCounts(a.activities, b.activities) }),
  };
}

function addCounts<K extends string>(
  a: Readonly<Record<K, number>>,
  b: Readonly<Record<K, number>>,
): Readonly<Record<K, number>> {
  const sum: Record<K, number> = { ...a };
  for (const key in b) sum[key] += b[key];
  return sum;
}
