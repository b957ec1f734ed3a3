import type { ConfigDirective } from '../snapshot/config-tree.ts';
import { type ApacheView, findAnywhere } from './apache-view.ts';
import { apacheWorkers } from './apache-workers.ts';
import { oncePer } from './named-directives.ts';

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
      return { directive, name, url, parameters: readParameters(parameters) };
    })
    .filter(({ url }) => url !== '!' && url !== ''),
);

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
