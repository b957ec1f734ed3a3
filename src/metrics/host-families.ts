import { deriveKeepaliveMemory } from '../derive/keepalive-memory.ts';
import { deriveKernelKeepalive } from '../derive/kernel-keepalive.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { figures, ofTarget } from './figures.ts';
import { apacheOf, known, labelsOf, targetLabels } from './target-samples.ts';

const figure = figures(ofTarget((view: TargetView) => view));

const hostFigure = figures(ofTarget(({ host }: TargetView) => host));

const processFigure = figures(ofTarget(({ host }: TargetView) => host?.processes));

const listenFigure = figures({
  labels: [...targetLabels, 'listen'],
  series: (view: TargetView) =>
    listenOf(view).map((socket) => ({
      labels: { ...labelsOf(view), listen: String(socket.port) },
      part: socket,
    })),
});

/** What the kernel shows, where the exporter shares the server's network namespace. */
export const kernelFamilies: readonly Family<TargetView>[] = [
  listenFigure({
    name: 'webserver_accept_queue_length',
    help: 'Connections that wait to be accepted: visitors whom no worker serves yet.',
    source: 'ss, Recv-Q of the listening sockets; without ss /proc/net/tcp and tcp6, rx_queue.',
    read: ({ queueLength }) => queueLength,
  }),
  listenFigure({
    name: 'webserver_accept_queue_limit',
    help: 'Maximum number of connections in the accept queue. When it is full, the kernel drops new ones.',
    source:
      'ss, Send-Q of the listening sockets. Without ss: min(511, net.core.somaxconn) each, which does not show a lower ListenBackLog.',
    read: ({ queueLimit }) => queueLimit,
  }),
  family({
    name: 'webserver_kernel_connections',
    type: 'gauge',
    help: 'Sockets of a listening port by TCP state. The state established includes connections that wait to be accepted.',
    labels: [...targetLabels, 'listen', 'state'],
    source: 'ss; without it /proc/net/tcp and tcp6.',
    samples: (view: TargetView) =>
      listenOf(view).flatMap(({ port, connections }) =>
        Object.entries(connections).map(([state, value]) => ({
          labels: { ...labelsOf(view), listen: String(port), state },
          value,
        })),
      ),
  }),
  figure({
    name: 'webserver_kernel_age_seconds',
    help: 'Age of the kernel figures in this scrape. The exporter refreshes them when they are older than a second, or less often if reading them is expensive.',
    source: 'The clock of the exporter.',
    read: kernelAge,
  }),
  hostFigure({
    name: 'webserver_kernel_listen_overflows_total',
    type: 'counter',
    help: 'Times a connection met a full accept queue, in the whole network namespace.',
    source: '/proc/net/netstat, TcpExt ListenOverflows.',
    read: ({ listenOverflows }) => listenOverflows,
  }),
  hostFigure({
    name: 'webserver_kernel_listen_drops_total',
    type: 'counter',
    help: 'Connections dropped at a listening socket for any reason, in the whole network namespace.',
    source: '/proc/net/netstat, TcpExt ListenDrops.',
    read: ({ listenDrops }) => listenDrops,
  }),
  family({
    name: 'webserver_keepalive_connections',
    type: 'gauge',
    help: 'Idle keep-alive connections of Apache event, by source. The status page lags by up to KeepAliveTimeout; the kernel does not.',
    labels: [...targetLabels, 'source'],
    source:
      'status: ConnsAsyncKeepAlive. kernel: ss, activity idle; without ss established, less those in the accept queue and the busy workers.',
    samples: (view: TargetView) => [
      ...known({ ...labelsOf(view), source: 'status' }, apacheOf(view)?.connsAsyncKeepAlive),
      ...known({ ...labelsOf(view), source: 'kernel' }, kernelKeepalive(view)),
    ],
  }),
];

/** What the server's processes show, where the exporter shares their PID namespace. */
export const processFamilies: readonly Family<TargetView>[] = [
  processFigure({
    name: 'webserver_process_resident_memory_bytes',
    help: 'Resident memory of all processes of the server. A shared page counts once for each process.',
    source: '/proc/PID/stat, rss, of the configured processes and their children.',
    read: ({ residentBytes }) => residentBytes,
  }),
  processFigure({
    name: 'webserver_process_proportional_memory_bytes',
    help: 'Memory of all processes of the server. A shared page counts once.',
    source: '/proc/PID/smaps_rollup, Pss; needs root or the server’s user.',
    read: ({ proportionalBytes }) => proportionalBytes,
  }),
  figure({
    name: 'webserver_keepalive_idle_memory_bytes',
    help: 'Memory of the workers that idle keep-alive clients hold. Only for the blocking keep-alive model.',
    source: 'Memory of the worker processes x keepalive slots / living slots.',
    read: ({ figures: slots, host }) => deriveKeepaliveMemory(slots, host?.processes),
  }),
  processFigure({
    name: 'webserver_open_fds',
    help: 'Open file descriptors of the server process that is closest to its limit.',
    source: '/proc/PID/fd; needs root or the server’s user.',
    read: ({ openFds }) => openFds,
  }),
  processFigure({
    name: 'webserver_max_fds',
    help: 'Maximum number of open file descriptors of the process in webserver_open_fds.',
    source: '/proc/PID/limits, Max open files (soft).',
    read: ({ maxFds }) => maxFds,
  }),
];

function kernelAge({ host, shownAtSeconds }: TargetView): number | undefined {
  if (host?.kernelReadAtSeconds === undefined || shownAtSeconds === undefined) return undefined;
  return Math.max(0, shownAtSeconds - host.kernelReadAtSeconds);
}

function kernelKeepalive(view: TargetView): number | undefined {
  const slots = view.figures;
  if (slots?.keepaliveModel !== 'async') return undefined;
  return view.host?.connections?.counts.idle ?? deriveKernelKeepalive(slots, listenOf(view));
}

function listenOf({ host }: TargetView) {
  return host?.listen ?? [];
}
