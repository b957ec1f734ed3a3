import type { NginxDirective } from '../parse/nginx-config.ts';

/**
 * TCP ports of all `listen` directives of http servers: `80`, `*:8080`, `127.0.0.1:80`, `[::1]:80`, or an address
 * alone, which means port 80. `unix:` sockets and HTTP/3 (`quic`, UDP) have no TCP port.
 */
export function deriveNginxPorts(directives: readonly NginxDirective[]): readonly number[] {
  const servers = directives
    .filter(({ name }) => name === 'http')
    .flatMap(({ block = [] }) => block)
    .filter(({ name }) => name === 'server');
  const ports = servers.flatMap(({ block = [] }) => {
    const listens = block.filter(({ name }) => name === 'listen');
    return listens.length === 0 ? [80] : listens.flatMap(({ args }) => portOf(args) ?? []);
  });
  return [...new Set(ports)];
}

function portOf([where = '', ...options]: readonly string[]): number | undefined {
  if (where.startsWith('unix:') || options.includes('quic')) return undefined;
  if (/^\d+$/.test(where)) return Number(where);
  const port = /(?:^|[\]\w*.]):(\d+)$/.exec(where)?.[1];
  return port === undefined ? 80 : Number(port);
}
