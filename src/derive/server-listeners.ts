import type { ListenEndpoint, ListeningSocket, ListenSelection } from '../snapshot/listeners.ts';

export interface ListenerKnowledge {
  /** The endpoint of the status page. */
  readonly base: ListenEndpoint;
  readonly sockets: readonly ListeningSocket[];
  /** From the server's configuration file, where one is configured. */
  readonly configured?: readonly ListenEndpoint[];
  /** Whether the exporter runs in a pod: the network namespace is the pod's own. */
  readonly inPod: boolean;
}

/**
 * All endpoints of the server that answers on `base`. A full server cannot accept visitors on any port, so the queue of
 * the status port alone is not enough.
 */
export function selectListeners(knowledge: ListenerKnowledge): ListenSelection {
  const { base, sockets, configured, inPod } = knowledge;
  const own = socketsOf(base, sockets);
  const owners = ownersOf(own);
  const sharing = sockets.filter((socket) => socket.owners.some((pid) => owners.has(pid)));
  if (sharing.length > 0) return selection('processes', sharing, { base, own });
  if (configured !== undefined && configured.length > 0)
    return configuredSelection(base, configured);
  const cgroups = new Set(own.flatMap(({ cgroup }) => (isOwnGroup(cgroup) ? [cgroup] : [])));
  const grouped = sockets.filter(({ cgroup }) => cgroups.has(cgroup));
  if (grouped.length > 0) return selection('control group', grouped, { base, own });
  if (inPod && own.length > 0) {
    return selection(
      'pod',
      sockets.filter(({ ours }) => !ours),
      { base, own },
    );
  }
  return { origin: 'status URL', complete: false, endpoints: [base] };
}

function selection(
  origin: ListenSelection['origin'],
  sockets: readonly ListeningSocket[],
  { base, own }: { readonly base: ListenEndpoint; readonly own: readonly ListeningSocket[] },
): ListenSelection {
  const others = sockets
    .filter((socket) => !own.includes(socket))
    .map(({ port, address }): ListenEndpoint => {
      // The port of the status page may belong to another server on another address.
      return isWildcard(address) && port !== base.port ? { port } : { port, address };
    });
  const byText = new Map(others.map((other) => [`${other.address ?? '*'} ${other.port}`, other]));
  return { origin, complete: true, endpoints: [base, ...byText.values()] };
}

/** A file without the port of the status page is not the file of this server, or not all of it. */
function configuredSelection(
  base: ListenEndpoint,
  configured: readonly ListenEndpoint[],
): ListenSelection {
  const others = configured.filter(({ port, address }) => {
    if (port !== base.port) return true;
    return address !== undefined && base.address !== undefined && address !== base.address;
  });
  return {
    origin: 'configuration file',
    complete: configured.some(({ port }) => port === base.port),
    endpoints: [base, ...others],
  };
}

/**
 * The sockets that accept connections to an endpoint: those bound to its address, else those bound to all addresses.
 */
export function socketsOf<S extends { readonly port: number; readonly address?: string }>(
  { port, address }: ListenEndpoint,
  sockets: readonly S[],
): readonly S[] {
  const samePort = sockets.filter((socket) => socket.port === port);
  if (address === undefined) return samePort;
  const exact = samePort.filter((socket) => socket.address === address);
  if (exact.length > 0) return exact;
  return samePort.filter((socket) => socket.address === undefined || isWildcard(socket.address));
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '*' || address === '::';
}

/** The service manager (PID 1) may hold the sockets of many services; the processes of the server hold them, too. */
function ownersOf(sockets: readonly ListeningSocket[]): ReadonlySet<number> {
  const owners = new Set(sockets.flatMap((socket) => socket.owners));
  if (owners.size > 1) owners.delete(1);
  return owners;
}

/** The root group contains everything, in a container too. */
function isOwnGroup(cgroup: string | undefined): boolean {
  return cgroup !== undefined && cgroup !== '/' && cgroup.startsWith('/');
}
