import type { ConfigDirective } from '../snapshot/config-tree.ts';
import { type ApacheView, findAnywhere } from './apache-view.ts';
import { apacheWorkers } from './apache-workers.ts';
import { namedIn, oncePer } from './named-directives.ts';

/** A backend that Apache passes requests to. */
export interface ApacheProxy {
  readonly directive: ConfigDirective;
  /** The directive, spelled as in the documentation. */
  readonly name: string;
  readonly url: string;
  /** Parameters such as `max=20` and `disablereuse=On`, with keys in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const names: Readonly<Record<string, string>> = {
  proxypass: 'ProxyPass',
  proxypassmatch: 'ProxyPassMatch',
  balancermember: 'BalancerMember',
};

export const apacheProxies = oncePer((view: ApacheView): readonly ApacheProxy[] =>
  findAnywhere(view, ...Object.keys(names))
    .map(({ directive, sections }) => {
      // Inside a <Location> the section contains the path.
      const inSection = directive.name !== 'balancermember' && sections.some(isLocation);
      const words = directive.args.filter((arg) => !/^(?:interpolate|nocanon)$/i.test(arg));
      const at = directive.name === 'balancermember' || inSection ? 0 : 1;
      const [url = '', ...parameters] = words.slice(at);
      const name = names[directive.name] ?? directive.name;
      const own = readParameters(parameters);
      return { directive, name, url, parameters: new Map([...ofSections(view, url), ...own]) };
    })
    .filter(({ url }) => url !== '!' && url !== ''),
);

type Parameters = ReadonlyMap<string, string>;

/** Maps the address of `<Proxy "fcgi://app/" max=10>` to its parameters and those of the ProxySet lines in it. */
const parametersByAddress = oncePer(
  (view: ApacheView): ReadonlyMap<string, Parameters> =>
    new Map(
      findAnywhere(view, 'proxy').map(({ directive: { args, block = [] } }) => {
        const [address = '', ...own] = args;
        const inside = namedIn(block, 'proxyset').flatMap((line) => line.args);
        return [withoutSlash(address), readParameters([...own, ...inside])];
      }),
    ),
);

/** The parameters of sections whose address is above this one: a ProxyPass shares their worker (AH01145). */
function ofSections(view: ApacheView, url: string): readonly (readonly [string, string])[] {
  const known = parametersByAddress(view);
  if (known.size === 0) return [];
  const parts = url.split('/').slice(0, maxParts);
  return parts.flatMap((_, at) => [...(known.get(parts.slice(0, at + 1).join('/')) ?? [])]);
}

/** More than any real address has. */
const maxParts = 32;

function withoutSlash(address: string): string {
  return address.endsWith('/') ? address.slice(0, -1) : address;
}

function isLocation({ name }: ConfigDirective): boolean {
  return name === 'location' || name === 'locationmatch';
}

function readParameters(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.map((word) => {
      const at = word.indexOf('=');
      return [word.slice(0, at).toLowerCase(), word.slice(at + 1)] as const;
    }),
  );
}

export function isOn(value: string | undefined): boolean {
  return value?.toLowerCase() === 'on';
}

/** Maximum connections of all processes to one backend: each process keeps `max`, or one for each thread. */
export function poolSize(view: ApacheView, { parameters }: ApacheProxy): number {
  const { processes, threadsPerChild } = apacheWorkers(view);
  const max = Number(parameters.get('max') ?? threadsPerChild);
  return processes * (Number.isInteger(max) && max > 0 ? max : threadsPerChild);
}

/** Whether Apache keeps connections to the backend: proxy_util.c, ap_proxy_define_worker_ex(). */
export function keepsConnections({ name, url, parameters }: ApacheProxy): boolean {
  if (parameters.has('enablereuse')) return isOn(parameters.get('enablereuse'));
  if (parameters.has('disablereuse')) return !isOn(parameters.get('disablereuse'));
  if (/^(?:fcgi|scgi|uwsgi|unix:.*fcgi):/i.test(url) || url.includes('fcgi://')) return false;
  return !(name === 'ProxyPassMatch' && url.includes('$'));
}
