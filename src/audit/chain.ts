import type { ConfigDirective } from '../snapshot/config-tree.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { apacheProxies } from './apache-proxies.ts';
import type { ApacheView } from './apache-view.ts';
import { apacheWorkers } from './apache-workers.ts';
import type { AuditSubject, Hit } from './check.ts';
import { type KeepaliveSettings, keepaliveSettings } from './keepalive-settings.ts';
import { namedIn, oncePer } from './named-directives.ts';
import { nginxProxies } from './nginx-proxies.ts';
import {
  type NginxUpstream,
  type NginxView,
  workerConnections,
  workerProcesses,
} from './nginx-view.ts';
import { countOf, type Setting } from './setting.ts';

/** The other audited server, as the backend of this one. */
export interface Backend {
  readonly slots: number;
  /** The shortest timeout of its virtual hosts. */
  readonly timeoutSeconds: number;
  readonly timeout: Setting;
  /** Whether an idle connection holds a worker. */
  readonly model: KeepaliveSettings['model'];
}

/** Apache as the backend, if it listens on an address of an nginx upstream. */
export function apacheBehind(subject: AuditSubject, address: string): Backend | undefined {
  const { apache } = subject;
  if (apache === undefined || !isListedPort(address, apachePorts(apache))) return undefined;
  return backendOf(subject, 'apache', apacheWorkers(apache).workers);
}

/** nginx as the backend, if it listens on the address that Apache proxies to. */
export function nginxBehind(subject: AuditSubject, address: string): Backend | undefined {
  const { nginx } = subject;
  if (nginx === undefined || !isListedPort(address, nginxPorts(nginx))) return undefined;
  const connections = countOf(workerConnections(nginx)) ?? 0;
  return backendOf(subject, 'nginx', workerProcesses(nginx) * connections);
}

/** Seconds by which the timeout of the backend should exceed that of its front, for requests under way. */
const margin = 5;

/** The timeout for a server behind a front that keeps idle connections for `front` seconds. */
export function adviceBehindFront(server: ServerKind, front: number): Pick<Hit, 'advised' | 'fix'> {
  const seconds = front + margin;
  return {
    advised: `${seconds} s, longer than the ${front} s of the front`,
    fix: [server === 'apache' ? `KeepAliveTimeout ${seconds}` : `keepalive_timeout ${seconds}s;`],
  };
}

/** Whether a front is known whose timeout must be shorter than the one of this server. */
export function hasFront(subject: AuditSubject, server: ServerKind): boolean {
  return subject.chain.frontTimeoutSeconds !== undefined || auditedBackends(subject).has(server);
}

/** The audited servers that the other one passes requests to. */
const auditedBackends = oncePer((subject: AuditSubject): ReadonlySet<ServerKind> => {
  const { apache, nginx } = subject;
  const backends = new Set<ServerKind>();
  if (nginx !== undefined && backendAddresses(nginx).some((one) => apacheBehind(subject, one))) {
    backends.add('apache');
  }
  if (apache !== undefined && apacheProxies(apache).some(({ url }) => nginxBehind(subject, url))) {
    backends.add('nginx');
  }
  return backends;
});

function backendAddresses(view: NginxView): readonly string[] {
  return nginxProxies(view).flatMap(({ directive, upstream }) =>
    upstream === undefined ? directive.args.slice(0, 1) : serversOf(upstream),
  );
}

/** The addresses of the servers of an upstream block. */
export const serversOf = oncePer(({ directives }: NginxUpstream): readonly string[] =>
  namedIn(directives, 'server').map(({ args }) => args[0] ?? ''),
);

function backendOf(subject: AuditSubject, server: ServerKind, slots: number): Backend | undefined {
  const shortest = shortestSettings(subject).get(server);
  if (shortest?.timeoutSeconds === undefined) return undefined;
  const { timeout, timeoutSeconds, model } = shortest;
  return { slots, timeoutSeconds, timeout, model };
}

/**
 * Whether an address is on this machine, or is a service name of a container (one word), with a port that the server
 * listens on. The address of another machine does not count: that machine can use the same port.
 */
function isListedPort(address: string, ports: ReadonlySet<number>): boolean {
  const [, host = '', port = '80'] =
    /^(?:\w+:\/\/)?(\[[^\]]*\]|[^:/\s]+)(?::(\d{1,5}))?(?:\/|$)/.exec(address) ?? [];
  const isNear = /^(?:127\.|localhost$|\[::1\]$)/.test(host) || /^[a-z][\w-]*$/i.test(host);
  return isNear && ports.has(Number(port));
}

const apachePorts = oncePer(({ tree }: ApacheView) => portsOf(namedIn(tree.directives, 'listen')));

const nginxPorts = oncePer(({ servers }: NginxView) =>
  portsOf(servers.flatMap(({ directives }) => namedIn(directives, 'listen'))),
);

/** For each server the settings with the shortest timeout, among those with keep-alive on. */
const shortestSettings = oncePer((subject: AuditSubject) => {
  const shortest = new Map<ServerKind, KeepaliveSettings>();
  for (const one of keepaliveSettings(subject)) {
    const known = shortest.get(one.server);
    if (!one.isOn || (known?.timeoutSeconds ?? Infinity) <= (one.timeoutSeconds ?? 0)) continue;
    shortest.set(one.server, one);
  }
  return shortest;
});

function portsOf(listens: readonly ConfigDirective[]): ReadonlySet<number> {
  return new Set(
    listens.map(({ args: [address = ''] }) => {
      const port = /(?:^|:)(\d{1,5})$/.exec(address)?.[1];
      return Number(port ?? 80);
    }),
  );
}
