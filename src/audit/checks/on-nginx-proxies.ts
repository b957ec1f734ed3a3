import { type Check, type Hit, uniqueHits } from '../check.ts';
import { isUpgradeOnly, type NginxProxy, nginxProxies } from '../nginx-proxies.ts';
import type { NginxView } from '../nginx-view.ts';

/** What a location needs for nginx to keep its connections to the backend. */
export const keepLines = ['proxy_http_version 1.1;', 'proxy_set_header Connection "";'];

/** Runs a check on each location that passes ordinary requests to a backend. */
export function onProxies(
  find: (proxy: NginxProxy, view: NginxView) => Hit | undefined,
): Check['find'] {
  return ({ nginx }) =>
    nginx === undefined
      ? []
      : uniqueHits(
          nginxProxies(nginx)
            .filter((proxy) => !isUpgradeOnly(proxy))
            .flatMap((proxy) => find(proxy, nginx) ?? []),
        );
}
