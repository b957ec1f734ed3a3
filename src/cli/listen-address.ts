export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `:9921`, `127.0.0.1:9921`, `[::1]:9921` or `name:9921`. Without a host it means all addresses. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]*)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port > 65_535) return undefined;
  return { host: match[1] ?? (match[2] || '::'), port };
}

/** The URL for a browser on this machine. An address that means all addresses becomes `localhost`. */
export function renderLocalUrl({ host, port }: ListenAddress): string {
  if (host === '::' || host === '0.0.0.0') return `http://localhost:${port}`;
  return host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}
