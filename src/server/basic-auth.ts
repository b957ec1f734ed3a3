import { createHash } from 'node:crypto';
import { compare } from 'bcryptjs';

export type AuthVerdict = 'accepted' | 'refused' | 'busy';

/** Judges the Authorization header of a request against bcrypt hashes by user name. */
export type BasicAuth = (
  header: string | undefined,
  users: ReadonlyMap<string, string>,
) => Promise<AuthVerdict>;

/** Room for a name and far more than the 72 bytes of a password that bcrypt looks at. */
const longestHeader = 2048;

/** Verdicts kept of each sort. Apart, so that a flood of wrong passwords cannot push out the right ones. */
const remembered = 100;

/** One check costs about 60 ms of the event loop; more waiting than this is an attack or a mistake. */
const longestQueue = 32;

/** Checks passwords one at a time and remembers what it found, so that bcrypt is not paid on every scrape. */
export function createBasicAuth(): BasicAuth {
  const accepted = new Set<string>();
  const refused = new Set<string>();
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  const compareInTurn = async (password: string, hash: string): Promise<boolean> => {
    const turn = last.then(() => compare(password, hash));
    last = turn.catch(() => false);
    waiting += 1;
    try {
      return await turn;
    } finally {
      waiting -= 1;
    }
  };

  return async (header, users) => {
    const credentials = parseBasicCredentials(header);
    if (credentials === undefined) return 'refused';
    const known = users.get(credentials.user);
    // An unknown user costs the same bcrypt as a known one, so that names cannot be told by the clock.
    const hash = known ?? decoyOf(users);
    const key = cacheKey([credentials.user, hash, credentials.password]);
    if (known !== undefined && accepted.has(key)) return 'accepted';
    if (refused.has(key)) return 'refused';
    if (waiting >= longestQueue) return 'busy';
    const right = (await compareInTurn(credentials.password, hash)) && known !== undefined;
    remember(right ? accepted : refused, key);
    return right ? 'accepted' : 'refused';
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
