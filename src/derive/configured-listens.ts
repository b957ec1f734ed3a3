import type { ListenEndpoint } from '../snapshot/listeners.ts';
import { isWildcard } from './server-listeners.ts';

/** A directive of Apache or nginx. */
interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
}

/**
 * TCP endpoints of all `listen` directives of http servers: `80`, `*:8080`, `127.0.0.1:80`, `[::1]:80`, or an address
 * alone, which means port 80. `unix:` sockets and HTTP/3 (`quic`, UDP) have no TCP port.
 */
export function deriveNginxListens(directives: readonly Directive[]): readonly ListenEndpoint[] {
  const servers = directives
    .filter(({ name }) => name === 'http')
    .flatMap(({ block = [] }) => block)
    .filter(({ name }) => name === 'server');
  return withoutTwins(
    servers.flatMap(({ block = [] }) => {
      const listens = block.filter(({ name }) => name === 'listen');
      return listens.length === 0 ? [{ port: 80 }] : listens.flatMap(nginxEndpoint);
    }),
  );
}

/** Endpoints of all `Listen` directives: `80`, `127.0.0.1:80`, `[::]:443 https`. Only the main server may have them. */
export function deriveApacheListens(directives: readonly Directive[]): readonly ListenEndpoint[] {
  const listens = directives.filter(({ name }) => name === 'listen');
  return withoutTwins(listens.flatMap(({ args: [where = ''] }) => endpointOf(where) ?? []));
}

function nginxEndpoint({ args: [where = '', ...options] }: Directive): readonly ListenEndpoint[] {
  if (where.startsWith('unix:') || options.includes('quic')) return [];
  return [endpointOf(where) ?? endpointOf(`${where}:80`) ?? { port: 80 }];
}

/** Undefined for anything without a port. A host name may stand for several addresses, so only its port is used. */
function endpointOf(where: string): ListenEndpoint | undefined {
  const [, host = '*', port] = /^(?:(\[[^\]]*\]|[^:[\]]+):)?(\d{1,5})$/.exec(where) ?? [];
  if (port === undefined) return undefined;
  const address = host.replace(/^\[|\]$/g, '');
  const isOne = /^[\d.]+$/.test(address) || address.includes(':');
  return isOne && !isWildcard(address) ? { port: Number(port), address } : { port: Number(port) };
}

function withoutTwins(endpoints: readonly ListenEndpoint[]): readonly ListenEndpoint[] {
  return [...new Map(endpoints.map((one) => [`${one.address ?? '*'} ${one.port}`, one])).values()];
}
