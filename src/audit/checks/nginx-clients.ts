import { type AuditSubject, type Check, type Hit, hitOn, uniqueHits } from '../check.ts';
import { namedIn } from '../named-directives.ts';
import { isBefore, type NginxView, servingSettings, settingSeconds } from '../nginx-view.ts';
import { countOf, type Setting, settingFrom } from '../setting.ts';
import { nginxWith } from './nginx-example.ts';

function onServers(
  name: string,
  find: (setting: Setting, view: NginxView) => Hit | undefined,
): Check['find'] {
  return ({ nginx }) =>
    nginx === undefined
      ? []
      : uniqueHits(servingSettings(nginx, name).flatMap((setting) => find(setting, nginx) ?? []));
}

const disable: Check = {
  id: 'nginx-keepalive-disable',
  severity: 'warning',
  what: 'keepalive_disable turns keep-alive off for current browsers',
  why: 'The value safari matches every Safari on macOS and iOS. Each of its requests opens a new connection.',
  find: onServers('keepalive_disable', (setting) => {
    if (!setting.args.includes('safari')) return undefined;
    return hitOn('nginx', setting, {
      advised: 'msie6, the default, or none',
      fix: ['keepalive_disable msie6;'],
    });
  }),
  examples: [
    {
      server: 'nginx',
      trigger: nginxWith('keepalive_disable safari;'),
      twin: nginxWith('keepalive_disable none;'),
    },
  ],
};

const time: Check = {
  id: 'nginx-keepalive-time',
  severity: 'warning',
  what: 'keepalive_time closes busy connections early',
  why: 'nginx closes a connection after keepalive_time even if it is busy. The visitor must open a new one in the middle of a page.',
  find: onServers('keepalive_time', (setting) => {
    if ((settingSeconds(setting) ?? 3600) >= 60) return undefined;
    return hitOn('nginx', setting, { advised: '1h, the default', fix: ['keepalive_time 1h;'] });
  }),
  examples: [
    {
      server: 'nginx',
      trigger: nginxWith('keepalive_time 20s;'),
      twin: nginxWith('keepalive_time 1h;'),
    },
  ],
};

const reset: Check = {
  id: 'nginx-reset-timedout',
  severity: 'info',
  what: 'Connections that time out are not reset',
  why: 'If a client stops reading, its socket stays in FIN-WAIT with the unsent data in kernel memory. A reset frees it immediately.',
  find: onServers('reset_timedout_connection', (setting) => {
    if (setting.args[0] === 'on') return undefined;
    return hitOn('nginx', setting, { advised: 'on', fix: ['reset_timedout_connection on;'] });
  }),
  examples: [
    { server: 'nginx', trigger: nginxWith(), twin: nginxWith('reset_timedout_connection on;') },
  ],
};

/** Directives without effect since 1.19.7, with those that replace them. */
const replaced: Readonly<Record<string, string>> = {
  http2_idle_timeout: 'keepalive_timeout',
  http2_max_requests: 'keepalive_requests',
  http2_recv_timeout: 'client_header_timeout',
  http2_max_field_size: 'large_client_header_buffers 4',
  http2_max_header_size: 'large_client_header_buffers 4',
};

const http2: Check = {
  id: 'nginx-http2-limits',
  severity: 'warning',
  what: 'An HTTP/2 limit has no effect or is too low',
  why: 'Since 1.19.7 the directives of HTTP/1.1 also set the limits of HTTP/2. With few concurrent streams the requests of one page wait for each other.',
  find: (subject) => [...fewStreams(subject), ...obsoleteLimits(subject)],
  examples: [
    {
      server: 'nginx',
      trigger: nginxWith('http2_max_concurrent_streams 8;'),
      twin: nginxWith('http2_max_concurrent_streams 128;'),
    },
    {
      server: 'nginx',
      trigger: nginxWith('http2_max_requests 5000;'),
      twin: nginxWith('keepalive_requests 5000;'),
    },
  ],
};

const fewStreams = onServers('http2_max_concurrent_streams', (streams) => {
  if ((countOf(streams) ?? 128) >= 64) return undefined;
  return hitOn('nginx', streams, { advised: '128', fix: ['http2_max_concurrent_streams 128;'] });
});

/** Reads each block once. Otherwise each server would repeat the lines of http. */
function obsoleteLimits({ nginx }: AuditSubject): readonly Hit[] {
  if (nginx === undefined || isBefore(nginx, '1.19.7')) return [];
  const found = [nginx.http, ...nginx.servers].flatMap(({ directives }) =>
    Object.entries(replaced).flatMap(([name, advised]) =>
      namedIn(directives, name).map((directive) => {
        const words = directive.args.join(' ');
        const setting = settingFrom(name, directive);
        const fix = [`# in place of ${name}:`, `${advised} ${words};`];
        return hitOn('nginx', setting, { advised, fix });
      }),
    ),
  );
  return uniqueHits(found);
}

const minTimeout: Check = {
  id: 'nginx-keepalive-min-timeout',
  severity: 'info',
  what: 'A reload closes idle connections immediately',
  why: 'A client that sends a request at that moment gets a connection reset. With keepalive_min_timeout (1.27.4) the old workers wait for such requests.',
  find: onServers('keepalive_min_timeout', (setting, view) => {
    if (isBefore(view, '1.27.4') || settingSeconds(setting) !== 0) return undefined;
    return hitOn('nginx', setting, { advised: '1 to 5 s', fix: ['keepalive_min_timeout 2s;'] });
  }),
  examples: [
    {
      server: 'nginx',
      version: '1.29.0',
      trigger: nginxWith(),
      twin: nginxWith('keepalive_min_timeout 2s;'),
    },
  ],
};

export const nginxClientChecks: readonly Check[] = [disable, time, reset, http2, minTimeout];
