import type { ConfigDirective } from '../snapshot/config-tree.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { ApacheView } from './apache-view.ts';
import { apacheWorkers } from './apache-workers.ts';
import type { AuditSubject } from './check.ts';
import { type KeepaliveSettings, keepaliveSettings } from './keepalive-settings.ts';
import { namedIn, oncePer } from './named-directives.ts';
import { type NginxView, workerConnections, workerProcesses } from './nginx-view.ts';
import { countOf, type Setting } from './setting.ts';

/** The other server of the audit, as the backend of this one. */
export interface Backend {
  readonly slots: number;
  /** The shortest time it keeps an idle connection. */
  readonly timeoutSeconds: number;
  readonly timeout: Setting;
  /** Whether an idle connection holds a worker. */
  readonly model: KeepaliveSettings['model'];
}

/** Apache, when it listens where an address of an nginx upstream points. */
export function apacheBehind(subject: AuditSubject, address: string): Backend | undefined {
  const { apache } = subject;
  if (apache === undefined || !isListedPort(address, apachePorts(apache))) return undefined;
  return backendOf(subject, 'apache', apacheWorkers(apache).workers);
}

/** nginx, when it listens where an address of Apache's proxy points. */
export function nginxBehind(subject: AuditSubject, address: string): Backend | undefined {
  const { nginx } = subject;
  if (nginx === undefined || !isListedPort(address, nginxPorts(nginx))) return undefined;
  const connections = countOf(workerConnections(nginx)) ?? 0;
  return backendOf(subject, 'nginx', workerProcesses(nginx) * connections);
}

function backendOf(subject: AuditSubject, server: ServerKind, slots: number): Backend | undefined {
  const shortest = shortestSettings(subject).get(server);
  if (shortest?.timeoutSeconds === undefined) return undefined;
  const { timeout, timeoutSeconds, model } = shortest;
  return { slots, timeoutSeconds, timeout, model };
}

/**
 * Whether an address is this machine's, or a container's service name (one word), with a port that is listened on.
 * Another machine may listen on the same port, so its address is not taken for the server at hand.
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

/** Of the settings that keep connections, by server, the shortest. */
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
