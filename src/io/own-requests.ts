import { networkInterfaces } from 'node:os';
import type { OwnRequests } from '../parse/log-format/own-request.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { parseStatusUrl } from './status-url.ts';

/** How servers log a client on this machine: by address, by name (HostnameLookups), or as a unix socket. */
const local = ['127.0.0.1', '::1', '::ffff:127.0.0.1', 'localhost', 'unix:'];

/** The URL at which the exporter polls a server by default. */
export const usualStatusUrls: Readonly<Record<ServerKind, string>> = {
  apache: 'http://127.0.0.1/server-status?auto',
  nginx: 'http://127.0.0.1/stub_status',
};

/** Returns how the exporter's polls of a status page appear in the log of the server. */
export function readOwnRequests(statusUrl: string): OwnRequests {
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => address),
  );
  return {
    addresses: new Set([...local, ...addresses]),
    path: parseStatusUrl(statusUrl).url.pathname,
  };
}
