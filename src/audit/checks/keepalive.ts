import { defaultKeepaliveSeconds } from '../../snapshot/log-source.ts';
import { adviceBehindFront, hasFront } from '../chain.ts';
import { type AuditSubject, type Check, type Hit, hitOn, uniqueHits } from '../check.ts';
import { allKeepaliveSettings, fixLine, type KeepaliveSettings } from '../keepalive-settings.ts';
import { oncePer } from '../named-directives.ts';
import type { Setting } from '../setting.ts';
import { nginxServer, nginxWith } from './nginx-example.ts';

const timeoutNames = ['KeepAliveTimeout', 'keepalive_timeout'] as const;
const requestNames = ['MaxKeepAliveRequests', 'keepalive_requests'] as const;

/** In seconds. With a blocking MPM an idle connection holds a worker; elsewhere it costs only memory. */
const maxTimeouts = {
  apache: { blocking: 5, event: 15 },
  nginx: { blocking: 75, event: 75 },
} as const;

function onEach(
  find: (settings: KeepaliveSettings, subject: AuditSubject) => Hit | undefined,
): Check['find'] {
  return (subject) =>
    uniqueHits(distinctSettings(subject).flatMap((settings) => find(settings, subject) ?? []));
}

/** Hosts without their own values share the same settings, which are judged once. */
const distinctSettings = oncePer((subject: AuditSubject): readonly KeepaliveSettings[] => {
  const seen = new Map<Setting, Map<Setting, Set<Setting>>>();
  return allKeepaliveSettings(subject).filter(({ toggle, timeout, requests }) => {
    const byTimeout = seen.get(toggle) ?? new Map<Setting, Set<Setting>>();
    const known = byTimeout.get(timeout) ?? new Set<Setting>();
    seen.set(toggle, byTimeout.set(timeout, known));
    return known.size !== known.add(requests).size;
  });
});

const off: Check = {
  id: 'keepalive-off',
  severity: 'warning',
  what: 'Keep-alive is off',
  why: 'Each request opens a new connection. That costs one more round trip, two or more with TLS.',
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
  why: 'The default is a compromise for all sites, and was not chosen for this traffic.',
  find: onEach(({ server, isOn, timeout, timeoutSeconds }, subject) =>
    // Behind a front the value depends on the front, and a shorter one would lose requests.
    isOn &&
    !hasFront(subject, server) &&
    (timeout.isDefault || timeoutSeconds === defaultKeepaliveSeconds[server])
      ? hitOn(server, timeout, {
          advised:
            'a value based on the gaps between requests, which keepalive-exporter advise measures',
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
  what: 'The keep-alive timeout is long',
  why: 'A visitor who has left keeps a slot until the timeout ends. With prefork and worker each idle connection holds a worker.',
  find: onEach(({ server, isOn, model, timeout, timeoutSeconds = 0 }, { chain }) => {
    const front = chain.frontTimeoutSeconds;
    const maximum = maxTimeouts[server][model];
    if (!isOn || timeoutSeconds <= Math.max(maximum, front === undefined ? 0 : front + 15))
      return undefined;
    const advice =
      front === undefined
        ? {
            advised: `at most ${maximum} s`,
            fix: [fixLine(server, timeoutNames, server === 'apache' ? `${maximum}` : '15s')],
          }
        : adviceBehindFront(server, front);
    return hitOn(server, timeout, {
      ...advice,
      severity: model === 'blocking' ? 'warning' : 'info',
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
  why: 'A page with many objects reaches the limit, and the visitor must open a new connection in the middle of the page.',
  find: onEach(({ server, isOn, requests, requestLimit = Number.POSITIVE_INFINITY }) =>
    isOn && requestLimit < 300
      ? hitOn(server, requests, {
          advised: '300 to 500',
          fix: [fixLine(server, requestNames, '500')],
          severity: requestLimit < 50 ? 'warning' : 'info',
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
  what: 'The number of requests on a connection is practically unlimited',
  why: 'The server frees the memory of a connection only when it closes. Old connections also stay with old workers, so new workers get less load.',
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
