/** An IPv6 address with an embedded IPv4 one and a scope. */
const longestAddress = 64;

/** Name -> addresses of an /etc/hosts file; names are compared in lower case. */
export function parseHostsFile(text: string): ReadonlyMap<string, readonly string[]> {
  const addresses = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address, ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    if (address === undefined || address === '' || address.length > longestAddress) continue;
    for (const name of names) {
      const known = addresses.get(name.toLowerCase()) ?? [];
      known.push(address);
      addresses.set(name.toLowerCase(), known);
    }
  }
  return addresses;
}

export interface ResolverSearch {
  readonly domains: readonly string[];
  /** Names with fewer dots are tried with the search domains first. */
  readonly ndots: number;
}

/** `search`, `domain` and `options ndots:` of a resolv.conf(5); the last search or domain line wins. */
export function parseResolvConf(text: string): ResolverSearch {
  let domains: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === 'search' || keyword === 'domain') domains = values;
    const option =
      keyword === 'options' ? values.find((value) => /^ndots:\d+$/.test(value)) : undefined;
    if (option !== undefined) ndots = Math.min(15, Number(option.slice('ndots:'.length)));
  }
  return { domains, ndots };
}

/** The names to query, in the order of the resolver; a trailing dot makes a name absolute. */
export function searchCandidates(
  name: string,
  { domains, ndots }: ResolverSearch,
): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const dots = name.split('.').length - 1;
  const searched = domains.map((domain) => `${name}.${domain.replace(/\.$/, '')}`);
  return dots >= ndots ? [name, ...searched] : [...searched, name];
}
