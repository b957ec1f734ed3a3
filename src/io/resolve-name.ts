import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { parseHostsFile, parseResolvConf, searchCandidates } from '../parse/resolver-files.ts';
import { errorCode } from './explain-access.ts';
import { createNameCache } from './name-cache.ts';
import { readTextOrEmpty } from './read-text.ts';

/** Resolves a host name to its addresses, IPv4 first. Rejects with an error whose `code` is a DNS code. */
export type ResolveName = (host: string) => Promise<readonly string[]>;

const cacheMilliseconds = 5000;
/** More than there are targets. A name has at most 253 characters. */
const maximumNames = 2000;
const attemptMilliseconds = 1500;

/**
 * Queries the name servers directly. getaddrinfo would run on libuv's thread pool, where two names without an answer
 * occupy both threads for slow work, and every other target waits. getaddrinfo is called only for names that the name
 * servers do not know, such as those of mDNS and LDAP. By then the name servers have answered, so it is fast.
 */
export function createResolveName(): ResolveName {
  const cache = createNameCache<readonly string[]>({
    milliseconds: cacheMilliseconds,
    size: maximumNames,
    now: () => performance.now(),
  });
  return (host) => {
    const name = host.toLowerCase().replace(/^\[|\]$/g, '');
    if (isIP(name) !== 0) return Promise.resolve([name]);
    return cache.get(name, () => resolve(name));
  };
}

async function resolve(name: string): Promise<readonly string[]> {
  const [hosts, resolvConf] = await Promise.all([
    readTextOrEmpty('/etc/hosts'),
    readTextOrEmpty('/etc/resolv.conf'),
  ]);
  const fromHosts = parseHostsFile(hosts).get(name);
  if (fromHosts !== undefined) return fromHosts;
  if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1', '::1'];
  let failure: unknown;
  for (const candidate of searchCandidates(name, parseResolvConf(resolvConf))) {
    try {
      return await askNameServers(candidate);
    } catch (error) {
      failure = error;
      if (!isNegativeAnswer(error)) throw error;
    }
  }
  const found = await lookup(name, { all: true, verbatim: false }).catch(() => []);
  if (found.length === 0) throw failure;
  return found.map(({ address }) => address);
}

async function askNameServers(name: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: attemptMilliseconds, tries: 2 });
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = [v4, v6].flatMap((r) => (r.status === 'fulfilled' ? r.value : []));
  if (addresses.length > 0) return addresses;
  throw v4.status === 'rejected' ? v4.reason : new Error('no address');
}

function isNegativeAnswer(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOTFOUND' || code === 'ENODATA';
}
