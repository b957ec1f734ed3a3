import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { TlsMaterial } from './read-secrets.ts';
import type { ResolveName } from './resolve-name.ts';
import type { StatusLocation } from './status-url.ts';

/** How far a connection got. The furthest phase tells a full server from a dead one. */
export type ConnectPhase = 'resolving' | 'connecting' | 'handshaking' | 'connected' | 'answering';

export interface PhaseRecord {
  phase: ConnectPhase;
  /** Milliseconds of the monotonic clock at which the connection stood (TLS included). */
  connectedAt?: number;
}

export interface PhasedAgentOptions {
  readonly location: StatusLocation;
  readonly resolveName: ResolveName;
  readonly tls?: TlsMaterial;
  /** Keep one connection alive between requests: only the observation lane wants that. */
  readonly persist?: boolean;
  /** Each new connection reports into what this returns. */
  readonly record: () => PhaseRecord;
}

/** A resolver that finds a name but no address for it; Node's own words for an empty list are a TypeError. */
class NoAddressError extends Error {
  readonly code = 'ENODATA';

  constructor(host: string) {
    super(`"${host}" has no address`);
  }
}

type Lookup = NonNullable<ConnectionOptions['lookup']>;

/**
 * An agent of one target: keeps no connection alive unless asked to, resolves names with our own deadline, and records
 * how far each connection gets. One agent a target, because a shared one has sent targets to each other's sockets in a
 * peer.
 */
export function createPhasedAgent(options: PhasedAgentOptions): HttpAgent {
  const { url } = options.location;
  const secure = url.protocol === 'https:';
  const hasName =
    options.location.socketPath === undefined && isIP(url.hostname.replaceAll(/[[\]]/g, '')) === 0;
  const lookup = createLookup(options);
  const reuse = { keepAlive: options.persist === true, maxSockets: 1 };
  const agent = secure ? new HttpsAgent({ ...reuse, ...options.tls }) : new HttpAgent(reuse);
  const base = agent.createConnection.bind(agent);
  agent.createConnection = (connect, callback) => {
    const { socketPath } = options.location;
    const record = options.record();
    record.phase = hasName ? 'resolving' : 'connecting';
    const socket = base(
      { ...connect, lookup, ...(socketPath === undefined ? {} : { path: socketPath }) },
      callback,
    ) as Socket;
    watchPhases(socket, record);
    return socket;
  };
  return agent;
}

function watchPhases(socket: Socket, record: PhaseRecord): void {
  const secure = (socket as Partial<TLSSocket>).encrypted === true;
  socket.once('lookup', () => {
    record.phase = 'connecting';
  });
  socket.once('connect', () => {
    record.phase = secure ? 'handshaking' : 'connected';
    if (!secure) record.connectedAt = performance.now();
  });
  socket.once('secureConnect', () => {
    record.phase = 'connected';
    record.connectedAt = performance.now();
  });
}

function createLookup({ resolveName, record }: PhasedAgentOptions): Lookup {
  return (host, options, callback) => {
    resolveName(host)
      .then((addresses) => {
        if (addresses.length === 0) throw new NoAddressError(host);
        record().phase = 'connecting';
        const found = addresses.map((address) => ({
          address,
          family: address.includes(':') ? 6 : 4,
        }));
        const [first] = found;
        if (options.all === true) callback(null, found);
        else if (first !== undefined) callback(null, first.address, first.family);
      })
      .catch((error: NodeJS.ErrnoException) => callback(error, ''));
  };
}
