import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { present } from '../present.ts';
import type { TlsMaterial } from './read-secrets.ts';
import type { ResolveName } from './resolve-name.ts';
import type { StatusLocation } from './status-url.ts';

/** How far a fetch got. The phase distinguishes a full server from one that is down, or that was not asked. */
export type ConnectPhase =
  /** Files with credentials and certificates are read. */
  'preparing' | 'resolving' | 'connecting' | 'handshaking' | 'connected' | 'answering';

export interface PhaseRecord {
  phase: ConnectPhase;
  /** When the connection was established, TLS included, in milliseconds of the monotonic clock. */
  connectedAt?: number;
}

export interface PhasedAgentOptions {
  readonly location: StatusLocation;
  readonly resolveName: ResolveName;
  readonly tls?: TlsMaterial;
  /** Keeps one connection open between requests, for the observation lane. */
  readonly persist?: boolean;
  /** Returns the record into which a new connection writes its phase. */
  readonly record: () => PhaseRecord;
}

/** The name exists but has no address. For an empty list Node.js would throw a TypeError. */
class NoAddressError extends Error {
  readonly code = 'ENODATA';

  constructor(host: string) {
    super(`"${host}" has no address`);
  }
}

type Lookup = NonNullable<ConnectionOptions['lookup']>;

/**
 * An agent for one target. It closes connections unless they are to persist, resolves names with the exporter's
 * resolver, and records how far each connection gets. Each target has its own agent: in another exporter a shared agent
 * sent requests to the sockets of other targets.
 */
export function createPhasedAgent(options: PhasedAgentOptions): HttpAgent {
  const { url } = options.location;
  const secure = url.protocol === 'https:';
  const hasName =
    options.location.socketPath === undefined && isIP(url.hostname.replaceAll(/[[\]]/g, '')) === 0;
  const lookup = createLookup(options);
  const reuse = { keepAlive: options.persist === true, maxSockets: 1 };
  const agent = secure ? new HttpsAgent({ ...reuse, ...options.tls }) : new HttpAgent(reuse);
  refuseOddAnswers(agent);
  const base = agent.createConnection.bind(agent);
  agent.createConnection = (connect, callback) => {
    const { socketPath } = options.location;
    const record = options.record();
    record.phase = hasName ? 'resolving' : 'connecting';
    const socket = base({ ...connect, lookup, ...present({ path: socketPath }) }, callback);
    if (socket instanceof Socket) watchPhases(socket, record);
    return socket;
  };
  return agent;
}

/** A server sends one or two. A hundred thousand in a second, which is a megabyte, take the whole second. */
const maximumInterim = 100;

/**
 * Refuses a flood of interim answers (1xx) and a switch to another protocol, which Node.js would wait for the end of.
 * node-fetch shows the request to its agent only, by a method that the types of Node.js do not contain.
 */
function refuseOddAnswers(agent: HttpAgent): void {
  const add: unknown = Reflect.get(agent, 'addRequest');
  if (typeof add !== 'function') return;
  const addWatched = (request: ClientRequest, ...more: unknown[]): unknown => {
    let interim = 0;
    request.on('information', () => {
      interim += 1;
      if (interim > maximumInterim) {
        request.destroy(new Error(`more than ${maximumInterim} interim answers (status 1xx)`));
      }
    });
    request.once('upgrade', (_, socket) => {
      socket.destroy();
      request.emit('error', new Error('HTTP status 101 (another protocol)'));
    });
    return Reflect.apply(add, agent, [request, ...more]);
  };
  Reflect.set(agent, 'addRequest', addWatched);
}

function watchPhases(socket: Socket, record: PhaseRecord): void {
  // Not `instanceof TLSSocket`, which would load the TLS modules of Node.js for every plain target.
  const secure = 'encrypted' in socket;
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
