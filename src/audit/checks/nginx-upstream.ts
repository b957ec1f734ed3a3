import { serversOf } from '../chain.ts';
import { type Check, type Hit, hitOn, uniqueHits } from '../check.ts';
import { type NginxProxy, nginxProxies, poolOf } from '../nginx-proxies.ts';
import { nginxSetting, workerConnections } from '../nginx-view.ts';
import { countOf, firstArg, placeOf, placeText } from '../setting.ts';
import { upstreamFix } from './keep-backend-fix.ts';
import { nginxBackendConnectionChecks } from './nginx-backend-connection.ts';
import { keptLocation, proxying } from './nginx-proxy-example.ts';
import { onProxies } from './on-nginx-proxies.ts';

const noPool: Check = {
  id: 'nginx-upstream-no-keepalive',
  severity: 'warning',
  what: 'nginx does not keep connections to its backend',
  why: 'Each request opens a new connection to the backend. That costs the visitor a round trip, and leaves ports in TIME_WAIT.',
  find: onProxies((proxy, view) => {
    const { upstream } = proxy;
    if (upstream === undefined) return hitWithoutUpstream(proxy);
    if (serversOf(upstream).every(isSocket)) return undefined;
    const pool = poolOf(view, upstream);
    if (pool.size > 0) return undefined;
    const setting = { ...pool, args: [], name: `upstream ${upstream.name} without keepalive` };
    return hitOn('nginx', setting, {
      advised: 'keepalive with about as many connections as are busy at the same time',
      fix: ['keepalive 16;'],
    });
  }),
  examples: [
    {
      server: 'nginx',
      version: '1.28.0',
      trigger: proxying({ location: keptLocation }),
      twin: proxying({ upstream: 'keepalive 16;', location: keptLocation }),
    },
  ],
};

/** A Unix socket costs neither a round trip nor a port. */
function isSocket(address: string): boolean {
  return /^(?:https?:\/\/)?unix:/.test(address);
}

function hitWithoutUpstream(proxy: NginxProxy): Hit | undefined {
  const { directive } = proxy;
  const address = directive.args[0] ?? '';
  // nginx resolves a name with a variable at run time, so it cannot be an upstream block.
  if (address.includes('$') || isSocket(address)) return undefined;
  const at = placeOf(directive);
  return {
    server: 'nginx',
    at,
    effective: `proxy_pass ${address} without an upstream block`,
    origin: placeText(at),
    advised: 'an upstream block with keepalive',
    fix: upstreamFix(proxy),
    severity: 'info',
  };
}

const fastcgi: Check = {
  id: 'nginx-fastcgi-keep-conn',
  severity: 'warning',
  what: 'fastcgi_keep_conn is off although the upstream block has keepalive',
  why: 'With fastcgi_keep_conn off the backend closes the connection after each response, so keepalive in the upstream block has no effect.',
  find: ({ nginx }) =>
    nginx === undefined
      ? []
      : uniqueHits(
          nginx.locations.flatMap((level) => {
            const pass = level.directives.find(({ name }) => name === 'fastcgi_pass');
            const upstream = nginx.upstreams.get(pass?.args[0] ?? '');
            const setting = nginxSetting(nginx, level, 'fastcgi_keep_conn');
            const asksToKeep = upstream?.directives.some(({ name }) => name === 'keepalive');
            if (asksToKeep !== true || firstArg(setting) === 'on') return [];
            return hitOn('nginx', setting, { advised: 'on', fix: ['fastcgi_keep_conn on;'] });
          }),
        ),
  examples: [
    {
      server: 'nginx',
      trigger: proxying({ upstream: 'keepalive 8;' }).replace(
        'proxy_pass http://',
        'fastcgi_pass ',
      ),
      twin: proxying({ upstream: 'keepalive 8;', location: 'fastcgi_keep_conn on;' }).replace(
        'proxy_pass http://',
        'fastcgi_pass ',
      ),
    },
  ],
};

/** Visitors that one worker should be able to serve: nginx's own default without a proxy. */
const minVisitors = 512;

const doubled: Check = {
  id: 'nginx-connections-doubled',
  severity: 'info',
  what: 'worker_connections is low for a proxy: each proxied request takes two connections',
  why: 'Connections to the backend, including the idle ones of the pool, count against worker_connections. About half remains for visitors.',
  find: ({ nginx }) => {
    if (nginx === undefined || nginxProxies(nginx).length === 0) return [];
    const connections = workerConnections(nginx);
    const count = countOf(connections) ?? 0;
    const visitors = Math.floor(count / 2);
    if (visitors >= minVisitors) return [];
    return [
      hitOn('nginx', connections, {
        advised: 'twice the number of simultaneous visitors, and at least 2048',
        fix: ['events { worker_connections 2048; }', 'worker_rlimit_nofile 8192;'],
        detail: `A worker can serve about ${visitors} visitors at the same time.`,
      }),
    ];
  },
  examples: [
    {
      server: 'nginx',
      trigger: proxying({}).replace('4096', '512'),
      twin: proxying({}),
    },
  ],
};

export const nginxUpstreamChecks: readonly Check[] = [
  noPool,
  ...nginxBackendConnectionChecks,
  fastcgi,
  doubled,
];
