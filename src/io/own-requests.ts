import { networkInterfaces } from 'node:os';
import type { OwnRequests } from '../parse/log-format/own-request.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { parseStatusUrl } from './status-url.ts';

/** How servers log a client on this machine: by address, by name with HostnameLookups, over a unix socket. */
const local = ['127.0.0.1', '::1', '::ffff:127.0.0.1', 'localhost', 'unix:'];

/** Where the exporter polls each server, unless it is configured otherwise. */
export const usualStatusUrls: Readonly<Record<ServerKind, string>> = {
  apache: 'http://127.0.0.1/server-status?auto',
  nginx: 'http://127.0.0.1/stub_status',
};

/** What the requests for a status page look like in its server's log, as of now. */
export function readOwnRequests(statusUrl: string): OwnRequests {
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => address),
  );
  return {
    addresses: new Set([...local, ...addresses]),
    path: parseStatusUrl(statusUrl).url.pathname,
  };
}
