import type { HttpConfig } from '../config/schema.ts';
import { type Dialled, dial } from '../io/dial.ts';
import { createHttp1Connection, type Http1Connection } from '../io/http1-connection.ts';
import { readCheckMaterial } from '../io/read-check-material.ts';
import type { TlsMaterial } from '../io/read-secrets.ts';
import type { ResolveName } from '../io/resolve-name.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type {
  CheckLimits,
  ConnectionEnd,
  ConnectionRole,
  DialFacts,
  Exchange,
  KeepaliveFailure,
} from '../snapshot/keepalive-facts.ts';

export interface CheckOptions {
  readonly url: URL;
  readonly http: HttpConfig;
  readonly userAgent: string;
  readonly resolveName: ResolveName;
  readonly limits: CheckLimits;
  /** Ends the check, which then returns the facts so far. */
  readonly signal: AbortSignal;
  /** Monotonic, in seconds. */
  readonly clock: () => number;
  readonly onProgress?: (progress: CheckProgress) => void;
}

export type CheckProgress =
  | { readonly kind: 'connected'; readonly address: string }
  | { readonly kind: 'waiting'; readonly connections: number; readonly promisedSeconds?: number };

/** Addresses of one name that are tried. */
const maximumAddresses = 3;

export interface Recorded {
  readonly role: ConnectionRole;
  readonly dialled: DialFacts;
  readonly exchanges: readonly Exchange[];
  readonly end: () => ConnectionEnd | undefined;
  readonly close: () => void;
}

/** A check, with the address that all its connections use. */
interface AddressedCheck {
  readonly options: CheckOptions;
  readonly address: string;
  readonly tls: TlsMaterial;
  readonly headers: Readonly<Record<string, string>>;
  readonly records: Recorded[];
  /** Why further connections failed. */
  readonly refused: string[];
}

/** A check whose server answered its first request. */
export interface Check extends AddressedCheck {
  readonly first: Http1Connection;
  readonly session: () => Buffer | undefined;
}

/** The first connection and its first answer: without them nothing can be measured. */
export async function openFirst(
  options: CheckOptions,
  results: Pick<Check, 'records' | 'refused'>,
): Promise<Result<Check, KeepaliveFailure>> {
  const { url, http, userAgent } = options;
  const prepared = await readCheckMaterial(http, userAgent);
  if (!prepared.ok) return err({ kind: 'material', message: prepared.error });
  const addresses = await resolveWithin(options);
  let failure = connectFailure('dns', `the name "${url.hostname}" has no address`);
  for (const address of addresses.slice(0, maximumAddresses)) {
    const check = { options, address, ...prepared.value, ...results };
    const dialled = await dialServer(check, { protocol: 'http/1.1' });
    if (dialled.ok) return requestFirst(check, dialled.value);
    failure = connectFailure(dialled.error.result, dialled.error.message);
  }
  return err(failure);
}

function connectFailure(
  result: Extract<KeepaliveFailure, { kind: 'connect' }>['result'],
  message: string,
): KeepaliveFailure {
  return { kind: 'connect', result, message };
}

async function resolveWithin(options: CheckOptions): Promise<readonly string[]> {
  const { url, resolveName, limits, signal } = options;
  if (signal.aborted) return [];
  const timeout = new Promise<readonly string[]>((resolve) => {
    const end = (): void => resolve([]);
    AbortSignal.timeout(Math.ceil(limits.timeoutSeconds * 1000)).addEventListener('abort', end);
    signal.addEventListener('abort', end);
  });
  return Promise.race([resolveName(url.hostname).catch(() => []), timeout]);
}

export function dialServer(
  { options, address, tls }: AddressedCheck,
  how: { readonly protocol: 'h2' | 'http/1.1'; readonly session?: Buffer },
) {
  const { url, limits, signal, clock } = options;
  return dial({ url, address, tls, ...how, timeoutSeconds: limits.timeoutSeconds, signal, clock });
}

async function requestFirst(
  check: AddressedCheck,
  dialled: Dialled,
): Promise<Result<Check, KeepaliveFailure>> {
  check.options.onProgress?.({ kind: 'connected', address: check.address });
  const first = recordHttp1(check, dialled, {
    role: 'requests',
    version: '1.1',
    keepAliveHeader: true,
  });
  const { outcome } = await first.request();
  return outcome.kind === 'answered'
    ? ok({ ...check, first, session: dialled.session })
    : err({ kind: 'first_request', outcome });
}

export interface Http1Role {
  readonly role: ConnectionRole;
  readonly version: '1.0' | '1.1';
  /** Whether it sends `Connection: keep-alive`. */
  readonly keepAliveHeader: boolean;
  readonly session?: Buffer;
}

function recordHttp1(check: AddressedCheck, dialled: Dialled, how: Http1Role): Http1Connection {
  const { limits, signal, clock, url } = check.options;
  const connection = createHttp1Connection({
    socket: dialled.socket,
    request: renderRequest(url, check.headers, how),
    timeoutSeconds: limits.timeoutSeconds,
    signal,
    clock,
  });
  const { exchanges, end, close } = connection;
  check.records.push({ role: how.role, dialled: dialled.facts, exchanges, end, close });
  return connection;
}

function renderRequest(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { version, keepAliveHeader }: Http1Role,
): string {
  const own = keepAliveHeader ? { connection: 'keep-alive' } : {};
  const all = { host: url.host, ...headers, ...own };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname}${url.search} HTTP/${version}\r\n${lines.join('')}\r\n`;
}

export async function openHttp1(
  check: Check,
  how: Http1Role,
): Promise<Http1Connection | undefined> {
  const session = present({ session: how.session });
  const dialled = await dialServer(check, { protocol: 'http/1.1', ...session });
  if (dialled.ok) return recordHttp1(check, dialled.value, how);
  check.refused.push(dialled.error.message);
  return undefined;
}
