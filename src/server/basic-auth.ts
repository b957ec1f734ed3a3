import { createHash } from 'node:crypto';
import { type CheckPassword, createPasswordChecker } from './check-password.ts';
import { createFailureLimit } from './failure-limit.ts';

/** `busy`: too many checks wait. `limited`: this address has failed too often. Both are independent of the password. */
export type AuthVerdict = 'accepted' | 'refused' | 'busy' | 'limited';

export interface AuthRequest {
  /** The Authorization header. */
  readonly header: string | undefined;
  /** Of the client, for the limit of failures. */
  readonly address: string;
  /** Bcrypt hash by user name. */
  readonly users: ReadonlyMap<string, string>;
}

export type BasicAuth = (request: AuthRequest) => Promise<AuthVerdict>;

export interface BasicAuthOptions {
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly checkPassword?: CheckPassword;
}

/** Enough for a name and far more than the 72 bytes of a password that bcrypt uses. */
const maximumHeaderLength = 2048;

/** Remembered results of each kind. They are kept apart, so that many wrong passwords cannot displace right ones. */
const remembered = 100;

/** A check takes 60 ms to a second. More waiting checks than this are an attack or a mistake. */
const maximumQueueLength = 32;

/**
 * Checks passwords one at a time, outside the event loop, and remembers the results: a user who was accepted once is
 * accepted from memory, even while other clients try passwords.
 */
export function createBasicAuth(options: BasicAuthOptions): BasicAuth {
  const check = createQueue(options.checkPassword ?? createPasswordChecker());
  const limit = createFailureLimit(options.now);
  const accepted = new Set<string>();
  const refused = new Set<string>();
  const underWay = new Map<string, Promise<AuthVerdict>>();

  const judge = async (attempt: Attempt): Promise<AuthVerdict> => {
    if (!limit.take(attempt.address)) return 'limited';
    const matches = await check(attempt.password, attempt.hash);
    if (matches === undefined) {
      limit.giveBack(attempt.address);
      return 'busy';
    }
    const right = matches && attempt.isKnown;
    remember(right ? accepted : refused, attempt.key);
    if (right) limit.giveBack(attempt.address);
    return right ? 'accepted' : 'refused';
  };

  return async ({ header, address, users }) => {
    const credentials = parseBasicCredentials(header);
    if (credentials === undefined) return 'refused';
    const { user, password } = credentials;
    const known = users.get(user);
    const isKnown = known !== undefined;
    // An unknown user takes one bcrypt too, so that response times do not reveal which names exist.
    const hash = known ?? decoyOf(users);
    const key = cacheKey([user, hash, password]);
    if (isKnown && accepted.has(key)) return 'accepted';
    if (refused.has(key)) return 'refused';
    // Scrapes that start together with the same password share one check.
    const verdict = underWay.get(key) ?? judge({ address, password, hash, key, isKnown });
    underWay.set(key, verdict);
    return verdict.finally(() => underWay.delete(key));
  };
}

/** One password to check. */
interface Attempt {
  readonly address: string;
  readonly password: string;
  readonly hash: string;
  readonly key: string;
  readonly isKnown: boolean;
}

/** One check after the other; undefined when too many wait, or when the check itself failed. */
function createQueue(check: CheckPassword) {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (password: string, hash: string): Promise<boolean | undefined> => {
    if (waiting >= maximumQueueLength) return undefined;
    const turn = last.then(() => check(password, hash)).catch(() => undefined);
    last = turn;
    waiting += 1;
    const matches = await turn;
    waiting -= 1;
    return matches;
  };
}

/** A hash from the same file, and so of the same cost. A match with it is not accepted. */
function decoyOf(users: ReadonlyMap<string, string>): string {
  const [hash] = users.values();
  if (hash === undefined) throw new Error('basic authentication needs at least one user');
  return hash;
}

export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

/** RFC 7617: the name ends at the first colon; the password may contain further colons. */
export function parseBasicCredentials(header: string | undefined): BasicCredentials | undefined {
  if (header === undefined || header.length > maximumHeaderLength) return undefined;
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  return { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/**
 * Each part is preceded by its length: otherwise `a:b` + `c` and `a` + `b:c` would share one result
 * (CVE-2022-46146). It is a hash, so that no password stays in memory.
 */
function cacheKey(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('base64');
}

function remember(verdicts: Set<string>, key: string): void {
  const [oldest] = verdicts;
  if (verdicts.size >= remembered && oldest !== undefined) verdicts.delete(oldest);
  verdicts.add(key);
}
