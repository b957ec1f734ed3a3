import { type ApacheScope, type ApacheView, apacheSetting, isBefore } from './apache-view.ts';
import { apacheSeconds } from './durations.ts';
import { namedIn, oncePer } from './named-directives.ts';
import { firstArg, type Setting } from './setting.ts';

/** The first virtual host of an address that a host has too; itself for the first one. */
export function firstHostOf({ hosts }: ApacheView, host: ApacheScope): ApacheScope {
  const first = firstOfAddresses(hosts);
  const [earliest] = host.addresses
    .flatMap((address) => first.get(address) ?? [])
    .toSorted((a, b) => a - b);
  return earliest === undefined ? host : (hosts[earliest] ?? host);
}

/** Address to the place of the first host that has it. */
const firstOfAddresses = oncePer((hosts: readonly ApacheScope[]) => {
  const first = new Map<string, number>();
  for (const [index, { addresses }] of hosts.entries()) {
    for (const address of addresses) if (!first.has(address)) first.set(address, index);
  }
  return first;
});

/**
 * The KeepAliveTimeout that counts for requests of a virtual host: its own since 2.4.13 (CHANGES, PR56226), else that
 * of the first host of its address.
 */
export function keepaliveTimeoutOf(view: ApacheView, host: ApacheScope): Setting {
  const hasOwn = ownSeconds(host) > 0 && !isBefore(view.version, '2.4.13');
  return statedTimeout(view, hasOwn ? host : firstHostOf(view, host));
}

/** What the files say for a host; 0 in a host stands for the main server's value (server/config.c, fixup). */
export function statedTimeout(view: ApacheView, host: ApacheScope): Setting {
  const isZero = host !== view.main && ownSeconds(host) === 0;
  return apacheSetting(view, isZero ? view.main : host, 'KeepAliveTimeout');
}

function ownSeconds({ directives }: ApacheScope): number {
  const own = namedIn(directives, 'keepalivetimeout').at(-1);
  return own === undefined ? 0 : (apacheSeconds(firstArg(own)) ?? 0);
}
