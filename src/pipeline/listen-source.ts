import type { StatusTargetConfig } from '../config/status-target.ts';
import { selectListeners } from '../derive/server-listeners.ts';
import type { ListenerDirectory } from '../io/list-listeners.ts';
import { present } from '../present.ts';
import type { ListenEndpoint, ListenSelection } from '../snapshot/listeners.ts';
import type { Log } from './log.ts';
import type { ReadEndpoints } from './port-source.ts';

export interface ListenSourceOptions {
  readonly target: string;
  readonly config: Pick<StatusTargetConfig, 'listen' | 'status_url'>;
  readonly directory: ListenerDirectory;
  /** Reads where the server listens from its configuration file; absent without one. */
  readonly readConfiguredPorts?: ReadEndpoints;
  readonly inPod: boolean;
  readonly log: Log;
}

/** Finds where a server listens, as far as this machine shows it; no endpoints for a server on another machine. */
export type ReadListen = () => Promise<ListenSelection>;

/** Finds the endpoints of one server, and logs them together with how they were found. */
export function createListenSource(options: ListenSourceOptions): ReadListen {
  const { target, config, directory, readConfiguredPorts, inPod, log } = options;
  if (config.listen !== undefined) {
    const endpoints = config.listen.map(parseEndpoint);
    return () => Promise.resolve({ endpoints, origin: 'configuration', complete: true });
  }
  const base = statusEndpoint(config.status_url);
  if (base === undefined) {
    return () => Promise.resolve({ endpoints: [], origin: 'status URL', complete: false });
  }
  let logged = '';
  return async () => {
    const configured = await readConfiguredPorts?.();
    const selected = selectListeners({
      base,
      sockets: await directory.list(base.port),
      inPod,
      ...present({ configured }),
    });
    const listen = selected.endpoints.map(renderEndpoint).join(', ');
    const found = `${listen} ${selected.origin}`;
    if (found !== logged) {
      log.info('watching listening ports', { target, listen, found_by: selected.origin });
    }
    logged = found;
    return selected;
  };
}

/** A port, or `ADDRESS:PORT` where servers share a port on different addresses; the schema has checked the form. */
function parseEndpoint(entry: number | string): ListenEndpoint {
  if (typeof entry === 'number') return { port: entry };
  const colon = entry.lastIndexOf(':');
  return {
    address: entry.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(entry.slice(colon + 1)),
  };
}

export function renderEndpoint({ address, port }: ListenEndpoint): string {
  if (address === undefined) return String(port);
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The endpoint of a status page on a loopback address, which cannot be in another network namespace. */
function statusEndpoint(statusUrl: string): ListenEndpoint | undefined {
  if (!URL.canParse(statusUrl)) return undefined;
  const { hostname, port, protocol } = new URL(statusUrl);
  if (!/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return undefined;
  return {
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    ...(hostname === 'localhost' ? {} : { address: hostname.replace(/^\[|\]$/g, '') }),
  };
}
