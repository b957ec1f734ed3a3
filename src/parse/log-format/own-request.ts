/** How requests of the exporter look in a log. */
export interface OwnRequests {
  /** Addresses of this machine, as servers log them: `127.0.0.1`, `::1`, `unix:`. */
  readonly addresses: ReadonlySet<string>;
  /** Path of the status page, without its query. */
  readonly path: string;
}

/** Product name in the User-Agent of every request of the exporter. */
export const agentProduct = 'keepalive-exporter/';

/** The fields that identify a request of the exporter, and how far each can be trusted. */
const roles: Readonly<Record<string, { readonly role: OwnRole; readonly rank: number }>> = {
  // A header can claim a client address, but not the peer of the connection.
  '%{c}a': { role: 'client', rank: 2 },
  $realip_remote_addr: { role: 'client', rank: 2 },
  $remote_addr: { role: 'client', rank: 1 },
  '%a': { role: 'client', rank: 1 },
  '%h': { role: 'client', rank: 1 },
  $http_user_agent: { role: 'agent', rank: 1 },
  '%{user-agent}i': { role: 'agent', rank: 1 },
  $request: { role: 'request', rank: 1 },
  '%r': { role: 'request', rank: 1 },
};

export type OwnRole = 'client' | 'agent' | 'request';
export const ownRoles: readonly OwnRole[] = ['client', 'agent', 'request'];

/** The fields that identify requests of the exporter; undefined when one of the three is missing. */
export function findOwnFields(names: readonly string[]): ReadonlyMap<OwnRole, number> | undefined {
  const found = new Map<OwnRole, number>();
  for (const [index, name] of names.entries()) {
    const known = roles[name];
    if (known === undefined) continue;
    const before = roles[names[found.get(known.role) ?? -1] ?? '']?.rank ?? 0;
    if (known.rank > before) found.set(known.role, index);
  }
  return ownRoles.every((role) => found.has(role)) ? found : undefined;
}

export type IsOwnRequest = (request: Readonly<Record<OwnRole, string>>) => boolean;

/**
 * Distinguishes requests of the exporter from those of visitors. A visitor can claim any User-Agent, so the address
 * must be one of this machine. Behind a proxy on this machine visitors have that address too, so the request must also
 * be for the status page. No other request can be hidden this way.
 */
export function createIsOwnRequest({ addresses, path }: OwnRequests): IsOwnRequest {
  return ({ client, agent, request }) => {
    if (!agent.startsWith(agentProduct) || !addresses.has(client)) return false;
    const [method, target = ''] = request.split(' ');
    return method === 'GET' && target.split('?')[0] === path;
  };
}
