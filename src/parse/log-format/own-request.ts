/** What requests of the exporter look like in a log. */
export interface OwnRequests {
  /** Of this machine, as servers log them: `127.0.0.1`, `::1`, `unix:`. */
  readonly addresses: ReadonlySet<string>;
  /** Of the status page, without its query. */
  readonly path: string;
}

/** Product name in the User-Agent of every request of ours. */
export const agentProduct = 'keepalive-exporter/';

/** The fields by which a request of ours is known, and how far each can be trusted. */
const roles: Readonly<Record<string, { readonly role: OwnRole; readonly rank: number }>> = {
  // The peer of the connection cannot be claimed in a header, as the client's address can.
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

/** Of the fields of a line those that tell requests of ours; undefined when one of the three is missing. */
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
 * Tells requests of the exporter from those of visitors. A visitor can claim any User-Agent, so the address must be
 * this machine's. Behind a proxy on this machine a visitor has that address too, so it must also be the status page
 * that was asked for: no other request can be hidden.
 */
export function createIsOwnRequest({ addresses, path }: OwnRequests): IsOwnRequest {
  return ({ client, agent, request }) => {
    if (!agent.startsWith(agentProduct) || !addresses.has(client)) return false;
    const [method, target = ''] = request.split(' ');
    return method === 'GET' && target.split('?')[0] === path;
  };
}
