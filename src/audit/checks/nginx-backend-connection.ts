import { type Check, hitOn } from '../check.ts';
import { keepsConnections, lostHeader, type NginxProxy, poolOf } from '../nginx-proxies.ts';
import type { NginxView } from '../nginx-view.ts';
import { firstArg } from '../setting.ts';
import { keepLinesOf } from './keep-backend-fix.ts';
import { keptLocation, proxying } from './nginx-proxy-example.ts';
import { keepLines, onProxies } from './on-nginx-proxies.ts';

function hasPool({ upstream }: NginxProxy, view: NginxView): boolean {
  return upstream !== undefined && poolOf(view, upstream).size > 0;
}

const oldVersion: Check = {
  id: 'nginx-proxy-http-1-0',
  severity: 'warning',
  what: 'nginx uses HTTP/1.0 to a backend although its upstream block has keepalive',
  why: 'With HTTP/1.0 the connection is closed after each response, so keepalive in the upstream block has no effect.',
  find: onProxies((proxy, view) => {
    const { httpVersion } = proxy;
    if (!hasPool(proxy, view) || firstArg(httpVersion) !== '1.0') return undefined;
    return hitOn('nginx', httpVersion, { advised: '1.1', fix: keepLines });
  }),
  examples: [
    {
      server: 'nginx',
      version: '1.28.0',
      trigger: proxying({ upstream: 'keepalive 16;' }),
      twin: proxying({ upstream: 'keepalive 16;', location: keptLocation }),
    },
    {
      server: 'nginx',
      version: '1.29.7',
      trigger: proxying({ location: 'proxy_http_version 1.0;' }),
      twin: proxying({}),
    },
  ],
};

const connectionClose: Check = {
  id: 'nginx-connection-header-close',
  severity: 'warning',
  what: 'nginx sends a Connection header to the backend that closes the connection',
  why: 'Before 1.29.7 nginx sends "Connection: close" by default, and the backend closes the connection. If nginx passes on the header of the visitor, one visitor decides about a connection that others share.',
  find: onProxies((proxy, view) => {
    const { connection, ordinary } = proxy;
    const isBad = /^close$/i.test(ordinary) || ordinary === '$http_connection';
    if (!hasPool(proxy, view) || !isBad || lostHeader(proxy) !== undefined) return undefined;
    const variable = connection.args[1] ?? '';
    if (!variable.startsWith('$') || variable === ordinary) {
      const fix = connection.isDefault ? keepLinesOf(proxy.level) : keepLines;
      return hitOn('nginx', connection, { advised: 'an empty value', fix });
    }
    return hitOn('nginx', connection, {
      advised: 'an empty value for requests without an Upgrade header',
      fix: [`map $http_upgrade ${variable} { default upgrade; '' ''; }`],
      detail: `For requests without an Upgrade header, ${variable} is ${ordinary}.`,
    });
  }),
  examples: [
    {
      server: 'nginx',
      version: '1.28.0',
      trigger: proxying({ upstream: 'keepalive 16;', location: 'proxy_http_version 1.1;' }),
      twin: proxying({ upstream: 'keepalive 16;', location: keptLocation }),
    },
    {
      server: 'nginx',
      trigger: upgrading('close'),
      twin: upgrading("''"),
    },
  ],
};

function upgrading(ordinary: string): string {
  const location =
    'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upgrade;';
  return proxying({ upstream: 'keepalive 16;', location }).replace(
    'http {',
    `http {\n  map $http_upgrade $upgrade { default upgrade; '' ${ordinary}; }`,
  );
}

const connectionLost: Check = {
  id: 'nginx-connection-header-lost',
  severity: 'warning',
  what: 'A location does not inherit the empty Connection header of the level around it',
  why: 'nginx inherits proxy_set_header lines only if the location has none of its own. One line in the location disables all outer lines, so nginx sends "Connection: close" again.',
  find: onProxies((proxy, view) => {
    const lost = lostHeader(proxy);
    if (lost === undefined || !hasPool(proxy, view) || keepsConnections(proxy)) return undefined;
    return hitOn('nginx', proxy.connection, {
      advised: `repeat the line of ${lost} in this location`,
      fix: ['proxy_set_header Connection "";'],
    });
  }),
  examples: [
    {
      server: 'nginx',
      version: '1.28.0',
      trigger: proxying({
        upstream: 'keepalive 16;',
        server: keptLocation,
        location: 'proxy_set_header Host $host;',
      }),
      twin: proxying({
        upstream: 'keepalive 16;',
        server: keptLocation,
        location: 'proxy_set_header Host $host; proxy_set_header Connection "";',
      }),
    },
  ],
};

/** What nginx sends to a backend decides whether the backend keeps the connection. */
export const nginxBackendConnectionChecks: readonly Check[] = [
  oldVersion,
  connectionClose,
  connectionLost,
];
