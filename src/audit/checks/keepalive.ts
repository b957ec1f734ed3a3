import { type AuditSubject, type Check, type Hit, hitOn, uniqueHits } from '../check.ts';
import { allKeepaliveSettings, fixLine, type KeepaliveSettings } from '../keepalive-settings.ts';
import { nginxServer, nginxWith } from './nginx-example.ts';

const timeoutNames = ['KeepAliveTimeout', 'keepalive_timeout'] as const;
const requestNames = ['MaxKeepAliveRequests', 'keepalive_requests'] as const;

/** Seconds. A blocking worker is held for all of it; elsewhere an idle connection costs memory. */
const longest = { apache: { blocking: 5, event: 15 }, nginx: { blocking: 75, event: 75 } } as const;

function onEach(
  find: (settings: KeepaliveSettings, subject: AuditSubject) => Hit | undefined,
): Check['find'] {
  return (subject) =>
    uniqueHits(allKeepaliveSettings(subject).flatMap((settings) => find(settings, subject) ?? []));
}

const off: Check = {
  id: 'keepalive-off',
  severity: 'warning',
  what: 'Keep-alive is off',
  why: 'Each request opens a connection of its own: a round trip more, two with TLS, and more packets for the same page.',
  find: onEach(({ server, toggle, isOn }) =>
    isOn
      ? undefined
      : hitOn(server, toggle, {
          advised: 'on, with a timeout of 2 to 5 s',
          fix: server === 'apache' ? ['KeepAlive On'] : ['keepalive_timeout 5s;'],
        }),
  ),
  examples: [
    { server: 'apache', trigger: 'KeepAlive Off', twin: 'KeepAlive On' },
    {
      server: 'nginx',
      trigger: nginxWith('keepalive_timeout 0;'),
      twin: nginxWith('keepalive_timeout 5s;'),
    },
    {
      server: 'nginx',
      trigger: nginxServer('listen 127.0.0.1:8080;', 'location /api { keepalive_timeout 0; }'),
      twin: nginxServer('listen 127.0.0.1:8080;', 'location /api { keepalive_timeout 5s; }'),
    },
  ],
};

const stock: Check = {
  id: 'keepalive-timeout-stock',
  severity: 'info',
  what: 'The keep-alive timeout is the default of the server',
  why: 'Nobody chose it for this traffic. The default fits few sites: it is a compromise over all of them.',
  find: onEach(({ server, isOn, timeout, timeoutSeconds }) =>
    isOn && (timeout.isDefault || timeoutSeconds === (server === 'apache' ? 5 : 75))
      ? hitOn(server, timeout, {
          advised:
            'a value chosen from the gaps between requests: keepalive-exporter measures them',
          fix: [fixLine(server, timeoutNames, server === 'apache' ? '3' : '15s')],
        })
      : undefined,
  ),
  examples: [
    { server: 'apache', trigger: 'KeepAlive On', twin: 'KeepAliveTimeout 3' },
    { server: 'nginx', trigger: nginxWith(), twin: nginxWith('keepalive_timeout 15s;') },
  ],
};

const long: Check = {
  id: 'keepalive-timeout-long',
  severity: 'warning',
  what: 'The keep-alive timeout is longer than advised',
  why: 'Visitors who left hold their slot until it passes. With prefork and worker each idle connection holds a whole worker.',
  find: onEach(({ server, isOn, model, timeout, timeoutSeconds = 0 }, { chain }) => {
    const behind = chain.frontTimeoutSeconds ?? Number.NEGATIVE_INFINITY;
    const most = longest[server][model];
    if (!isOn || timeoutSeconds <= Math.max(most, behind + 15)) return undefined;
    return hitOn(server, timeout, {
      advised: `at most ${most} s`,
      fix: [fixLine(server, timeoutNames, server === 'apache' ? `${most}` : '15s')],
      ...(model === 'blocking' ? {} : { severity: 'info' as const }),
    });
  }),
  examples: [
    {
      server: 'apache',
      mpm: 'prefork',
      trigger: 'KeepAliveTimeout 15',
      twin: 'KeepAliveTimeout 5',
    },
    { server: 'apache', mpm: 'event', trigger: 'KeepAliveTimeout 60', twin: 'KeepAliveTimeout 15' },
    {
      server: 'nginx',
      trigger: nginxWith('keepalive_timeout 10m;'),
      twin: nginxWith('keepalive_timeout 60s;'),
    },
  ],
};

const few: Check = {
  id: 'requests-per-connection-few',
  severity: 'info',
  what: 'Connections are closed after few requests',
  why: 'A page of many objects uses the limit up, and the visitor opens a new connection in the middle of it.',
  find: onEach(({ server, isOn, requests, requestLimit = Number.POSITIVE_INFINITY }) =>
    isOn && requestLimit < 300
      ? hitOn(server, requests, {
          advised: '300 to 500',
          fix: [fixLine(server, requestNames, '500')],
          ...(requestLimit < 50 ? { severity: 'warning' as const } : {}),
        })
      : undefined,
  ),
  examples: [
    { server: 'apache', trigger: 'MaxKeepAliveRequests 20', twin: 'MaxKeepAliveRequests 500' },
    {
      server: 'nginx',
      trigger: nginxWith('keepalive_requests 100;'),
      twin: nginxWith('keepalive_requests 500;'),
    },
    {
      server: 'nginx',
      version: '1.18.0',
      trigger: nginxWith(),
      twin: nginxWith('keepalive_requests 1000;'),
    },
  ],
};

const unlimited: Check = {
  id: 'requests-per-connection-unlimited',
  severity: 'info',
  what: 'Connections are never closed for the number of their requests',
  why: 'Memory that a connection gathers is freed when it closes, and a new worker takes no load from old connections.',
  find: onEach(({ server, isOn, requests, requestLimit = 0 }) =>
    isOn && requestLimit >= 100_000
      ? hitOn(server, requests, {
          advised: '300 to 500',
          fix: [fixLine(server, requestNames, '500')],
        })
      : undefined,
  ),
  examples: [
    { server: 'apache', trigger: 'MaxKeepAliveRequests 0', twin: 'MaxKeepAliveRequests 500' },
    {
      server: 'nginx',
      trigger: nginxWith('keepalive_requests 1000000;'),
      twin: nginxWith('keepalive_requests 1000;'),
    },
  ],
};

export const keepaliveChecks: readonly Check[] = [off, stock, long, few, unlimited];
