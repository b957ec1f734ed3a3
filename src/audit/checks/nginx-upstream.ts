import { type Check, type Hit, hitOn, uniqueHits } from '../check.ts';
import {
  isUpgradeOnly,
  keepsConnections,
  lostHeader,
  type NginxProxy,
  nginxProxies,
  poolOf,
} from '../nginx-proxies.ts';
import { type NginxView, nginxSetting, workerConnections } from '../nginx-view.ts';
import { countOf, firstArg, placeOf, placeText } from '../setting.ts';

const fixLines = ['proxy_http_version 1.1;', 'proxy_set_header Connection "";'];

function onProxies(find: (proxy: NginxProxy, view: NginxView) => Hit | undefined): Check['find'] {
  return ({ nginx }) =>
    nginx === undefined
      ? []
      : uniqueHits(
          nginxProxies(nginx)
            .filter((proxy) => !isUpgradeOnly(proxy))
            .flatMap((proxy) => find(proxy, nginx) ?? []),
        );
}

interface ExampleParts {
  readonly upstream?: string;
  readonly server?: string;
  readonly location?: string;
}

function proxying({ upstream = '', server = '', location = '' }: ExampleParts): string {
  return [
    'events { worker_connections 4096; }',
    'worker_rlimit_nofile 8192;',
    'http {',
    `  upstream app { server 127.0.0.1:8081; ${upstream} }`,
    '  server {',
    '    listen 127.0.0.1:8080;',
    `    ${server}`,
    `    location / { proxy_pass http://app; ${location} }`,
    '  }',
    '}',
    '',
  ].join('\n');
}

const kept = 'proxy_http_version 1.1; proxy_set_header Connection "";';

const noPool: Check = {
  id: 'nginx-upstream-no-keepalive',
  severity: 'warning',
  what: 'nginx keeps no connections to its backend',
  why: 'Each request opens a connection to the backend: a round trip more for the visitor, ports in TIME_WAIT, and a backend that cannot reuse anything.',
  find: onProxies(({ directive, upstream }, view) => {
    const address = directive.args[0] ?? '';
    if (upstream === undefined) {
      // With a variable nginx resolves the name itself, and no block can stand for it.
      if (address.includes('$')) return undefined;
      const at = placeOf(directive);
      return {
        server: 'nginx',
        at,
        effective: `proxy_pass ${address} without an upstream block`,
        origin: placeText(at),
        advised: 'an upstream block with keepalive',
        fix: upstreamFix(address),
        severity: 'info',
      };
    }
    const pool = poolOf(view, upstream);
    if (pool.size > 0) return undefined;
    return hitOn(
      'nginx',
      { ...pool, args: [], name: `upstream ${upstream.name} without keepalive` },
      {
        advised: 'keepalive with about as many connections as are busy at once',
        fix: ['keepalive 16;'],
      },
    );
  }),
  examples: [
    {
      server: 'nginx',
      version: '1.28.0',
      trigger: proxying({ location: kept }),
      twin: proxying({ upstream: 'keepalive 16;', location: kept }),
    },
  ],
};

function upstreamFix(address: string): readonly string[] {
  const host = /^\w+:\/\/([^/]+)/.exec(address)?.[1] ?? 'backend:8080';
  return [
    `upstream backend { server ${host}; keepalive 16; }`,
    'proxy_pass http://backend;',
    ...fixLines,
  ];
}

const oldVersion: Check = {
  id: 'nginx-proxy-http-1-0',
  severity: 'warning',
  what: 'nginx speaks HTTP/1.0 to a backend whose connections it should keep',
  why: 'HTTP/1.0 closes the connection after each answer, so the keepalive of the upstream block has no effect.',
  find: onProxies(({ httpVersion, upstream }, view) => {
    const hasPool = upstream !== undefined && poolOf(view, upstream).size > 0;
    if (!hasPool || firstArg(httpVersion) !== '1.0') return undefined;
    return hitOn('nginx', httpVersion, { advised: '1.1', fix: fixLines });
  }),
  examples: [
    {
      server: 'nginx',
      version: '1.28.0',
      trigger: proxying({ upstream: 'keepalive 16;' }),
      twin: proxying({ upstream: 'keepalive 16;', location: kept }),
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
  what: 'The Connection header to the backend is not emptied',
  why: 'Before 1.29.7 nginx sends "Connection: close" to the backend unless told otherwise, and the backend obeys. A visitor’s header that is handed on decides for everybody’s connection.',
  find: onProxies((proxy, view) => {
    const { connection, upstream, ordinary } = proxy;
    const hasPool = upstream !== undefined && poolOf(view, upstream).size > 0;
    const isBad = /^close$/i.test(ordinary) || ordinary === '$http_connection';
    if (!hasPool || !isBad || lostHeader(proxy) !== undefined) return undefined;
    const variable = connection.args[1] ?? '';
    if (!variable.startsWith('$') || variable === ordinary) {
      return hitOn('nginx', connection, { advised: 'an empty value', fix: fixLines });
    }
    return hitOn('nginx', connection, {
      advised: 'an empty value for requests that are no upgrade',
      fix: [`map $http_upgrade ${variable} { default upgrade; '' ''; }`],
      detail: `For ordinary requests ${variable} is ${ordinary}.`,
    });
  }),
  examples: [
    {
      server: 'nginx',
      version: '1.28.0',
      trigger: proxying({ upstream: 'keepalive 16;', location: 'proxy_http_version 1.1;' }),
      twin: proxying({ upstream: 'keepalive 16;', location: kept }),
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
  what: 'A location loses the empty Connection header of the level around it',
  why: 'nginx inherits proxy_set_header as a whole or not at all: one line in the location puts all outer lines out of force, and "Connection: close" is sent again.',
  find: onProxies((proxy, view) => {
    const lost = lostHeader(proxy);
    const hasPool = proxy.upstream !== undefined && poolOf(view, proxy.upstream).size > 0;
    if (lost === undefined || !hasPool || keepsConnections(proxy)) return undefined;
    return hitOn('nginx', proxy.connection, {
      advised: `the line of ${lost} again in this location`,
      fix: ['proxy_set_header Connection "";'],
    });
  }),
  examples: [
    {
      server: 'nginx',
      version: '1.28.0',
      trigger: proxying({
        upstream: 'keepalive 16;',
        server: kept,
        location: 'proxy_set_header Host $host;',
      }),
      twin: proxying({
        upstream: 'keepalive 16;',
        server: kept,
        location: 'proxy_set_header Host $host; proxy_set_header Connection "";',
      }),
    },
  ],
};

const fastcgi: Check = {
  id: 'nginx-fastcgi-keep-conn',
  severity: 'warning',
  what: 'nginx asks a FastCGI backend to close connections that its upstream block would keep',
  why: 'With fastcgi_keep_conn off the backend closes after each answer, so the keepalive of the upstream block has no effect.',
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

/** Visitors one worker should at least be able to serve: nginx's own default without a proxy. */
const leastVisitors = 512;

const doubled: Check = {
  id: 'nginx-connections-doubled',
  severity: 'info',
  what: 'Half of worker_connections serves visitors: each proxied request takes two',
  why: 'Connections to the backend, idle ones of the pool too, count against worker_connections.',
  find: ({ nginx }) => {
    if (nginx === undefined || nginxProxies(nginx).length === 0) return [];
    const connections = workerConnections(nginx);
    const count = countOf(connections) ?? 0;
    const visitors = Math.floor(count / 2);
    if (visitors >= leastVisitors) return [];
    return [
      hitOn('nginx', connections, {
        advised: 'at least twice the visitors at once, 2048 or more',
        fix: ['events { worker_connections 2048; }', 'worker_rlimit_nofile 8192;'],
        detail: `A worker serves about ${visitors} visitors at once.`,
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
  oldVersion,
  connectionClose,
  connectionLost,
  fastcgi,
  doubled,
];
