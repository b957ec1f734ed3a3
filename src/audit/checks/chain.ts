import { apacheLine } from '../apache-line.ts';
import { type ApacheProxy, apacheProxies, keepsConnections } from '../apache-proxies.ts';
import { adviceBehindFront, apacheBehind, type Backend, nginxBehind, serversOf } from '../chain.ts';
import { type AuditSubject, type Check, type Hit, hitOn, uniqueHits } from '../check.ts';
import { apacheSeconds, nginxSeconds } from '../durations.ts';
import { keepaliveSettings } from '../keepalive-settings.ts';
import { nginxProxies, poolOf, poolTimeout } from '../nginx-proxies.ts';
import { type NginxUpstream, type NginxView, workerProcesses } from '../nginx-view.ts';
import { firstArg, placeOf, placeText } from '../setting.ts';
import { nginxWith } from './nginx-example.ts';

function behindFront(subject: AuditSubject): readonly Hit[] {
  const front = subject.chain.frontTimeoutSeconds;
  if (front === undefined) return [];
  return keepaliveSettings(subject)
    .filter(({ isOn, timeoutSeconds = front }) => isOn && timeoutSeconds <= front)
    .map(({ server, timeout }) =>
      hitOn(server, timeout, {
        ...adviceBehindFront(server, front),
      }),
    );
}

interface UsedUpstream {
  readonly upstream: NginxUpstream;
  readonly addresses: readonly string[];
}

/** The upstream blocks that proxy_pass uses, with the addresses of their servers. */
function usedUpstreams(view: NginxView): readonly UsedUpstream[] {
  const used = new Set(nginxProxies(view).flatMap(({ upstream }) => upstream ?? []));
  return [...used].map((upstream) => ({
    upstream,
    addresses: serversOf(upstream),
  }));
}

function nginxBeforeApache(subject: AuditSubject): readonly Hit[] {
  const { nginx } = subject;
  if (nginx === undefined) return [];
  return usedUpstreams(nginx).flatMap(({ upstream, addresses }) => {
    const backend = firstBackend(subject, addresses);
    if (backend === undefined || poolOf(nginx, upstream).size === 0) return [];
    const timeout = poolTimeout(nginx, upstream);
    const seconds = nginxSeconds(firstArg(timeout)) ?? 0;
    if (seconds < backend.timeoutSeconds) return [];
    return hitOn('nginx', timeout, {
      advised: `less than the ${backend.timeoutSeconds} s of the backend (${backend.timeout.origin})`,
      fix: [`keepalive_timeout ${shorterThan(backend.timeoutSeconds)};`],
    });
  });
}

/** One second less, or half of a timeout of two seconds or less. */
function shorterThan(seconds: number): string {
  return seconds > 2
    ? `${Math.floor(seconds) - 1}s`
    : `${Math.max(1, Math.floor(seconds * 500))}ms`;
}

function firstBackend(subject: AuditSubject, addresses: readonly string[]): Backend | undefined {
  return addresses
    .map((address) => apacheBehind(subject, address))
    .find((one) => one !== undefined);
}

function apacheBeforeNginx(subject: AuditSubject): readonly Hit[] {
  const { apache } = subject;
  if (apache === undefined) return [];
  return apacheProxies(apache).flatMap((proxy) => {
    const backend = nginxBehind(subject, proxy.url);
    if (backend === undefined || !keepsConnections(proxy)) return [];
    const ttl = apacheSeconds(proxy.parameters.get('ttl') ?? '') ?? Number.POSITIVE_INFINITY;
    return ttl < backend.timeoutSeconds ? [] : [ttlHit(proxy, backend)];
  });
}

function ttlHit({ directive, name }: ApacheProxy, backend: Backend): Hit {
  const at = placeOf(directive);
  const words = directive.args.filter((arg) => !arg.toLowerCase().startsWith('ttl='));
  const ttl = Math.max(1, Math.floor(backend.timeoutSeconds) - 1);
  return {
    server: 'apache',
    at,
    effective: apacheLine(name, directive.args),
    origin: placeText(at),
    advised: `ttl below the ${backend.timeoutSeconds} s of the backend (${backend.timeout.origin})`,
    fix: [apacheLine(name, [...words, `ttl=${ttl}`])],
  };
}

const apacheBackend = 'Listen 127.0.0.1:8081\nKeepAliveTimeout 5\nMaxRequestWorkers 50';

function nginxFront(upstream: string): string {
  return [
    'worker_processes 4;',
    'events {}',
    'http {',
    `  upstream app { server 127.0.0.1:8081; ${upstream} }`,
    '  server {',
    '    listen 127.0.0.1:8080;',
    '    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }',
    '  }',
    '}',
    '',
  ].join('\n');
}

const race: Check = {
  id: 'chain-idle-race',
  severity: 'error',
  what: 'The front keeps idle connections longer than the backend',
  why: 'The front can send a request on a connection that the backend is closing. The visitor then gets a 502, at random and even without load.',
  find: (subject) =>
    uniqueHits([
      ...behindFront(subject),
      ...nginxBeforeApache(subject),
      ...apacheBeforeNginx(subject),
    ]),
  examples: [
    {
      server: 'apache',
      chain: { frontTimeoutSeconds: 60 },
      trigger: 'KeepAliveTimeout 5',
      twin: 'KeepAliveTimeout 65',
    },
    {
      server: 'nginx',
      chain: { frontTimeoutSeconds: 60 },
      trigger: nginxWith('keepalive_timeout 30s;'),
      twin: nginxWith('keepalive_timeout 75s;'),
    },
    {
      server: 'nginx',
      beside: apacheBackend,
      trigger: nginxFront('keepalive 8;'),
      twin: nginxFront('keepalive 8; keepalive_timeout 4s;'),
    },
    {
      server: 'apache',
      beside: nginxWith('keepalive_timeout 10s;'),
      trigger: 'ProxyPass "/app" "http://127.0.0.1:8080/"',
      twin: 'ProxyPass "/app" "http://127.0.0.1:8080/" ttl=9',
    },
  ],
};

const poolFills: Check = {
  id: 'chain-pool-fills-backend',
  severity: 'warning',
  what: 'Idle connections of the front can fill the backend',
  why: 'With prefork and worker each idle connection holds a worker. When the pool holds all workers, other clients such as a cron job or a second front get no answer.',
  find: (subject) => {
    const { nginx, chain } = subject;
    if (nginx === undefined) return [];
    return usedUpstreams(nginx).flatMap(({ upstream, addresses }) => {
      const backend = firstBackend(subject, addresses);
      const blocking = backend?.model === 'blocking' ? backend.slots : undefined;
      const workers = chain.backendWorkers ?? blocking;
      const pool = poolOf(nginx, upstream);
      const servers = Math.max(1, addresses.length);
      const size = (pool.size * workerProcesses(nginx)) / servers;
      if (workers === undefined || size < workers) return [];
      const each = Math.max(1, Math.floor((workers * servers) / 2 / workerProcesses(nginx)));
      return hitOn('nginx', pool, {
        advised: `keepalive ${each}: at most half of the backend's ${workers} workers`,
        fix: [`keepalive ${each};`],
        detail: `${workerProcesses(nginx)} worker processes can keep ${Math.ceil(size)} connections to it.`,
      });
    });
  },
  examples: [
    {
      server: 'nginx',
      chain: { backendWorkers: 50 },
      trigger: nginxFront('keepalive 32;'),
      twin: nginxFront('keepalive 4;'),
    },
  ],
};

export const chainChecks: readonly Check[] = [race, poolFills];
