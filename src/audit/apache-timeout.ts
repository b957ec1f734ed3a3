import { type ApacheScope, type ApacheView, apacheSetting, isBefore } from './apache-view.ts';
import { apacheSeconds } from './durations.ts';
import { namedIn, oncePer } from './named-directives.ts';
import { firstArg, type Setting } from './setting.ts';

/** The first virtual host that shares an address with this one. */
export function firstHostOf({ hosts }: ApacheView, host: ApacheScope): ApacheScope {
  const first = firstOfAddresses(hosts);
  let earliest = hosts.length;
  for (const address of host.addresses)
    earliest = Math.min(earliest, first.get(address) ?? earliest);
  return hosts[earliest] ?? host;
}

/** Maps an address to the index of the first host that has it. */
const firstOfAddresses = oncePer((hosts: readonly ApacheScope[]) => {
  const first = new Map<string, number>();
  for (const [index, { addresses }] of hosts.entries()) {
    for (const address of addresses) if (!first.has(address)) first.set(address, index);
  }
  return first;
});

/**
 * The KeepAliveTimeout that applies to requests of a virtual host: since 2.4.13 its own (CHANGES, PR56226), otherwise
 * that of the first host of its address.
 */
export function keepaliveTimeoutOf(view: ApacheView, host: ApacheScope): Setting {
  const hasOwn = ownSeconds(host) > 0 && !isBefore(view.version, '2.4.13');
  return configuredTimeout(view, hasOwn ? host : firstHostOf(view, host));
}

/** The value in the files; 0 in a virtual host means the value of the main server (server/config.c, fixup). */
export function configuredTimeout(view: ApacheView, host: ApacheScope): Setting {
  const isZero = host !== view.main && ownSeconds(host) === 0;
  return apacheSetting(view, isZero ? view.main : host, 'KeepAliveTimeout');
}

function ownSeconds({ directives }: ApacheScope): number {
  const own = namedIn(directives, 'keepalivetimeout').at(-1);
  return own === undefined ? 0 : (apacheSeconds(firstArg(own)) ?? 0);
}
