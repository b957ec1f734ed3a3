import { createHash } from 'node:crypto';
import { type CheckPassword, createPasswordChecker } from './check-password.ts';
import { createFailureLimit } from './failure-limit.ts';

/** `busy`: too many wait already. `limited`: this address has failed too often. Neither says whether it was right. */
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

/** Room for a name and far more than the 72 bytes of a password that bcrypt looks at. */
const longestHeader = 2048;

/** Verdicts kept of each sort. Apart, so that a flood of wrong passwords cannot push out the right ones. */
const remembered = 100;

/** A check takes from 60 ms to a second; more waiting than this is an attack or a mistake. */
const longestQueue = 32;

/**
 * Checks passwords one at a time, off the event loop, and remembers what it found: a user who was let in once is
 * answered from memory, whatever others try meanwhile.
 */
export function createBasicAuth(options: BasicAuthOptions): BasicAuth {
  const check = createQueue(options.checkPassword ?? createPasswordChecker());
  const limit = createFailureLimit(options.now);
  const accepted = new Set<string>();
  const refused = new Set<string>();
  const underWay = new Map<string, Promise<AuthVerdict>>();

  const judge = async (asked: Question): Promise<AuthVerdict> => {
    if (!limit.take(asked.address)) return 'limited';
    const matches = await check(asked.password, asked.hash);
    if (matches === undefined) {
      limit.giveBack(asked.address);
      return 'busy';
    }
    const right = matches && asked.isKnown;
    remember(right ? accepted : refused, asked.key);
    if (right) limit.giveBack(asked.address);
    return right ? 'accepted' : 'refused';
  };

  return async ({ header, address, users }) => {
    const credentials = parseBasicCredentials(header);
    if (credentials === undefined) return 'refused';
    const { user, password } = credentials;
    const known = users.get(user);
    const isKnown = known !== undefined;
    // An unknown user costs the same bcrypt as a known one, so that names cannot be told by the clock.
    const hash = known ?? decoyOf(users);
    const key = cacheKey([user, hash, password]);
    if (isKnown && accepted.has(key)) return 'accepted';
    if (refused.has(key)) return 'refused';
    // Several scrapes that begin at once with the same password are one check.
    const verdict = underWay.get(key) ?? judge({ address, password, hash, key, isKnown });
    underWay.set(key, verdict);
    return verdict.finally(() => underWay.delete(key));
  };
}

interface Question {
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
    if (waiting >= longestQueue) return undefined;
    const turn = last.then(() => check(password, hash)).catch(() => undefined);
    last = turn;
    waiting += 1;
    const matches = await turn;
    waiting -= 1;
    return matches;
  };
}

/** A real hash of the same file, and so of the same cost; a match on it lets nobody in. */
function decoyOf(users: ReadonlyMap<string, string>): string {
  const [hash] = users.values();
  if (hash === undefined) throw new Error('basic authentication needs at least one user');
  return hash;
}

export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

/** RFC 7617: the name ends at the first colon; the password may hold more of them. */
export function parseBasicCredentials(header: string | undefined): BasicCredentials | undefined {
  if (header === undefined || header.length > longestHeader) return undefined;
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  return { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/**
 * Each part goes in with its length before it: joined plainly, `a:b` + `c` and `a` + `b:c` would share
 * one verdict (CVE-2022-46146). Hashed, so that no password stays in memory.
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
