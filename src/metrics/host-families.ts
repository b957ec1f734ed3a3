import { deriveKeepaliveMemory } from '../derive/keepalive-memory.ts';
import { deriveKernelKeepalive } from '../derive/kernel-keepalive.ts';
import type { HostFigures, ProcessFigures } from '../snapshot/host.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { apacheOf, figuresOf, known, labelsOf, targetLabels } from './target-samples.ts';

/** What the kernel says, where the exporter shares the server's network namespace. */
export const kernelFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_accept_queue_length',
    type: 'gauge',
    help: 'Connections that wait to be accepted: visitors nobody has answered yet.',
    labels: [...targetLabels, 'listen'],
    source: 'ss, Recv-Q of the listening sockets; without ss /proc/net/tcp and tcp6, rx_queue.',
    samples: (view: TargetView) =>
      listenOf(view).map(({ port, queueLength }) => ({
        labels: { ...labelsOf(view), listen: String(port) },
        value: queueLength,
      })),
  }),
  family({
    name: 'webserver_accept_queue_limit',
    type: 'gauge',
    help: 'Connections that may wait to be accepted; beyond it the kernel drops new ones.',
    labels: [...targetLabels, 'listen'],
    source:
      'ss, Send-Q of the listening sockets. Without ss: min(511, net.core.somaxconn) each, where a lower ListenBackLog is not seen.',
    samples: (view: TargetView) =>
      listenOf(view).flatMap(({ port, queueLimit }) =>
        known({ ...labelsOf(view), listen: String(port) }, queueLimit),
      ),
  }),
  family({
    name: 'webserver_kernel_connections',
    type: 'gauge',
    help: 'Sockets of a listening port by TCP state; established includes those that wait to be accepted.',
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
  family({
    name: 'webserver_kernel_age_seconds',
    type: 'gauge',
    help: 'Age of the figures from the kernel in this answer. They are read again when older than a second, unless reading costs too much.',
    labels: targetLabels,
    source: 'The clock of the exporter.',
    samples: (view: TargetView) => known(labelsOf(view), kernelAge(view)),
  }),
  counter({
    name: 'webserver_kernel_listen_overflows_total',
    help: 'Times a connection found its accept queue full; of the whole network namespace.',
    source: '/proc/net/netstat, TcpExt ListenOverflows.',
    read: ({ listenOverflows }) => listenOverflows,
  }),
  counter({
    name: 'webserver_kernel_listen_drops_total',
    help: 'Connections dropped at a listening socket for any reason; of the whole network namespace.',
    source: '/proc/net/netstat, TcpExt ListenDrops.',
    read: ({ listenDrops }) => listenDrops,
  }),
  family({
    name: 'webserver_keepalive_connections',
    type: 'gauge',
    help: 'Idle keep-alive connections of Apache event, by source: its own figure lags by up to KeepAliveTimeout, the kernel’s does not.',
    labels: [...targetLabels, 'source'],
    source:
      'status: ConnsAsyncKeepAlive. kernel: ss, activity idle; without ss established, less those in the accept queue and the busy workers.',
    samples: (view: TargetView) => [
      ...known({ ...labelsOf(view), source: 'status' }, apacheOf(view)?.connsAsyncKeepAlive),
      ...known({ ...labelsOf(view), source: 'kernel' }, kernelKeepalive(view)),
    ],
  }),
];

/** What the server's processes say, where the exporter shares their PID namespace. */
export const processFamilies: readonly Family<TargetView>[] = [
  gaugeOfProcesses({
    name: 'webserver_process_resident_memory_bytes',
    help: 'Resident memory of the server’s processes, summed; pages they share count for each.',
    source: '/proc/PID/stat, rss, of the configured processes and their children.',
    read: ({ residentBytes }) => residentBytes,
  }),
  gaugeOfProcesses({
    name: 'webserver_process_proportional_memory_bytes',
    help: 'Memory of the server’s processes with shared pages counted once.',
    source: '/proc/PID/smaps_rollup, Pss; needs root or the server’s user.',
    read: ({ proportionalBytes }) => proportionalBytes,
  }),
  family({
    name: 'webserver_keepalive_idle_memory_bytes',
    type: 'gauge',
    help: 'Memory that workers held by idle keep-alive clients pin; blocking keep-alive model only.',
    labels: targetLabels,
    source: 'Memory of the worker processes x keepalive slots / living slots.',
    samples: (view: TargetView) =>
      known(labelsOf(view), deriveKeepaliveMemory(figuresOf(view), view.host?.processes)),
  }),
  gaugeOfProcesses({
    name: 'webserver_open_fds',
    help: 'Open file descriptors of the server process with the least room.',
    source: '/proc/PID/fd; needs root or the server’s user.',
    read: ({ openFds }) => openFds,
  }),
  gaugeOfProcesses({
    name: 'webserver_max_fds',
    help: 'Limit of open file descriptors of that process.',
    source: '/proc/PID/limits, Max open files (soft).',
    read: ({ maxFds }) => maxFds,
  }),
];

function kernelAge({ host, shownAtSeconds }: TargetView): number | undefined {
  if (host?.kernelReadAtSeconds === undefined || shownAtSeconds === undefined) return undefined;
  return Math.max(0, shownAtSeconds - host.kernelReadAtSeconds);
}

function kernelKeepalive(view: TargetView): number | undefined {
  const figures = figuresOf(view);
  if (figures?.keepaliveModel !== 'async') return undefined;
  return view.host?.connections?.counts.idle ?? deriveKernelKeepalive(figures, listenOf(view));
}

function listenOf({ host }: TargetView) {
  return host?.listen ?? [];
}

interface Row<T> {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly read: (figures: T) => number | undefined;
}

function counter({ read, ...row }: Row<HostFigures>): Family<TargetView> {
  return family({
    ...row,
    type: 'counter',
    labels: targetLabels,
    samples: (view: TargetView) =>
      known(labelsOf(view), view.host === undefined ? undefined : read(view.host)),
  });
}

function gaugeOfProcesses({ read, ...row }: Row<ProcessFigures>): Family<TargetView> {
  return family({
    ...row,
    type: 'gauge',
    labels: targetLabels,
    samples: (view: TargetView) => {
      const processes = view.host?.processes;
      return known(labelsOf(view), processes === undefined ? undefined : read(processes));
    },
  });
}
