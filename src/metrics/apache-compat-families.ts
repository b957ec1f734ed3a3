import { type ApacheStatus, type WorkerState, workerStates } from '../snapshot/apache-status.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family, type MetricType, type Sample } from './family.ts';
import { figures } from './figures.ts';
import { apacheOf, known, states } from './target-samples.ts';

const compatibleWith = 'apache_exporter';

/** Only Apache targets have these families; the figures have no label but the target's name. */
function ofApache<Part>(partOf: (view: TargetView) => Part | undefined) {
  return figures({
    labels: ['target'],
    compatibleWith,
    series: (view: TargetView) => {
      const { name: target, server } = view.observation.target;
      const part = server === 'apache' ? partOf(view) : undefined;
      return part === undefined ? [] : [{ labels: { target }, part }];
    },
  });
}

const figure = ofApache(apacheOf);

const viewFigure = ofApache((view) => view);

const balancer = figures({
  labels: ['target', 'balancer', 'worker'],
  compatibleWith,
  series: (view: TargetView) => {
    const { name: target, server } = view.observation.target;
    if (server !== 'apache') return [];
    return balancerWorkers(view).map(({ labels, worker }) => ({
      labels: { target, ...labels },
      part: worker,
    }));
  },
});

/**
 * The families of apache_exporter 1.x: its names, labels and values, even where a name breaks the conventions
 * (`_total` on a gauge, milliseconds). Each also has the label `target`, because one process serves many targets. A
 * figure that is no longer on the page is absent here; apache_exporter repeats its last value.
 */
export const apacheCompatFamilies: readonly Family<TargetView>[] = [
  viewFigure({
    name: 'apache_up',
    help: 'Could the apache server be reached',
    source:
      'As webserver_up. apache_exporter reports 1 for any HTTP answer, such as a login page; here that is 0.',
    read: (view) => (apacheOf(view) === undefined ? 0 : 1),
  }),
  viewFigure({
    name: 'apache_exporter_scrape_failures_total',
    type: 'counter',
    help: 'Number of errors while scraping apache.',
    source: 'webserver_scrape_failures_total, all results together.',
    read: totalFailures,
  }),
  figure({
    name: 'apache_version',
    help: 'Apache server version',
    source: 'mod_status ServerVersion.',
    read: versionNumber,
  }),
  compat({
    name: 'apache_info',
    labels: ['version', 'mpm'],
    help: 'Apache version information',
    source: 'mod_status ServerVersion, ServerMPM.',
    read: (view) =>
      one(view, ({ serverVersion = 'UNKNOWN', serverMpm = 'UNKNOWN' }) => [
        { labels: { version: serverVersion, mpm: serverMpm }, value: 1 },
      ]),
  }),
  compat({
    name: 'apache_generation',
    labels: ['type'],
    help: 'Apache restart generation',
    source: 'mod_status ParentServerConfigGeneration, ParentServerMPMGeneration.',
    read: (view) =>
      one(view, ({ configGeneration, mpmGeneration }) => [
        ...known({ type: 'config' }, configGeneration),
        ...known({ type: 'mpm' }, mpmGeneration),
      ]),
  }),
  compat({
    name: 'apache_load',
    labels: ['interval'],
    help: 'Apache server load',
    source: 'mod_status Load1, Load5, Load15: the load of the machine.',
    read: (view) =>
      one(view, ({ load1, load5, load15 }) => [
        ...known({ interval: '1min' }, load1),
        ...known({ interval: '5min' }, load5),
        ...known({ interval: '15min' }, load15),
      ]),
  }),
  figure({
    name: 'apache_accesses_total',
    type: 'counter',
    help: 'Current total apache accesses (*)',
    source: 'mod_status Total Accesses.',
    read: ({ totalAccesses }) => totalAccesses,
  }),
  figure({
    name: 'apache_sent_kilobytes_total',
    type: 'counter',
    help: 'Current total kbytes sent (*)',
    source: 'mod_status Total kBytes.',
    read: ({ totalKibibytes }) => totalKibibytes,
  }),
  figure({
    name: 'apache_duration_ms_total',
    type: 'counter',
    help: 'Total duration of all registered requests in ms',
    source: 'mod_status Total Duration.',
    read: ({ totalDurationMilliseconds }) => totalDurationMilliseconds,
  }),
  compat({
    name: 'apache_cpu_time_ms_total',
    type: 'counter',
    labels: ['type'],
    help: 'Apache CPU time',
    source: 'mod_status CPUUser + CPUChildrenUser, CPUSystem + CPUChildrenSystem.',
    read: (view) =>
      one(view, (s) => [
        ...known({ type: 'user' }, milliseconds(s.cpuUserSeconds, s.cpuChildrenUserSeconds)),
        ...known({ type: 'system' }, milliseconds(s.cpuSystemSeconds, s.cpuChildrenSystemSeconds)),
      ]),
  }),
  figure({
    name: 'apache_cpuload',
    help: 'The current percentage CPU used by each worker and in total by all workers combined (*)',
    source: 'mod_status CPULoad.',
    // mod_status omits the line if the load is 0; apache_exporter then keeps its initial 0.
    read: ({ cpuLoadPercent = 0 }) => cpuLoadPercent,
  }),
  figure({
    name: 'apache_uptime_seconds_total',
    type: 'counter',
    help: 'Current uptime in seconds (*)',
    source: 'mod_status Uptime.',
    read: ({ uptimeSeconds }) => uptimeSeconds,
  }),
  compat({
    name: 'apache_workers',
    labels: ['state'],
    help: 'Apache worker statuses',
    source: 'mod_status BusyWorkers, IdleWorkers (the first occurrence of each on the page).',
    read: (view) =>
      one(view, ({ busyWorkers, idleWorkers }) =>
        states({}, { busy: busyWorkers, idle: idleWorkers }),
      ),
  }),
  compat({
    name: 'apache_processes',
    labels: ['state'],
    help: 'Apache process count',
    source: 'mod_status Processes, Stopping.',
    read: (view) =>
      one(view, ({ processes, stoppingProcesses }) =>
        states({}, { all: processes, stopping: stoppingProcesses }),
      ),
  }),
  compat({
    name: 'apache_connections',
    labels: ['state'],
    help: 'Apache connection statuses',
    source: 'mod_status ConnsTotal, ConnsAsyncWriting, ConnsAsyncKeepAlive, ConnsAsyncClosing.',
    read: (view) =>
      one(view, (s) =>
        states(
          {},
          {
            total: s.connsTotal,
            writing: s.connsAsyncWriting,
            keepalive: s.connsAsyncKeepAlive,
            closing: s.connsAsyncClosing,
          },
        ),
      ),
  }),
  compat({
    name: 'apache_scoreboard',
    labels: ['state'],
    help: 'Apache scoreboard statuses',
    source: 'mod_status Scoreboard.',
    read: (view) => one(view, ({ scoreboard }) => peerScoreboard(scoreboard.counts)),
  }),
  compat({
    name: 'apache_proxy_balancer_status',
    labels: ['balancer', 'worker', 'status'],
    help: 'Apache Proxy Balancer Statuses',
    source: 'mod_status ProxyBalancer[]Worker[]Status (ProxyStatus On).',
    read: (view) =>
      balancerWorkers(view).flatMap(({ labels, worker }) =>
        worker.status === undefined
          ? []
          : [{ labels: { ...labels, status: worker.status }, value: 1 }],
      ),
  }),
  balancer({
    name: 'apache_proxy_balancer_accesses_total',
    type: 'counter',
    help: 'Apache Proxy Balancer Request Count',
    source: 'mod_status ProxyBalancer[]Worker[]Elected (ProxyStatus On).',
    read: ({ elected }) => elected,
  }),
  balancer({
    name: 'apache_proxy_balancer_busy',
    help: 'Apache Proxy Balancer Active Requests',
    source: 'mod_status ProxyBalancer[]Worker[]Busy (ProxyStatus On).',
    read: ({ busy }) => busy,
  }),
  balancer({
    name: 'apache_proxy_balancer_request_kbytes_total',
    type: 'counter',
    help: 'Apache Proxy Balancer Request Count',
    source: 'mod_status ProxyBalancer[]Worker[]Sent (ProxyStatus On).',
    read: ({ sentKibibytes }) => sentKibibytes,
  }),
  balancer({
    name: 'apache_proxy_balancer_response_kbytes_total',
    type: 'counter',
    help: 'Apache Proxy Balancer Request Count',
    source: 'mod_status ProxyBalancer[]Worker[]Rcvd (ProxyStatus On).',
    read: ({ receivedKibibytes }) => receivedKibibytes,
  }),
];

interface CompatRow<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly type?: MetricType;
  readonly labels: readonly L[];
  readonly read: (view: TargetView) => readonly Sample<L>[];
}

/** A family with labels of its own besides `target`. */
function compat<const L extends string>(row: CompatRow<L>): Family<TargetView> {
  const labels: readonly string[] = ['target', ...row.labels];
  return family({
    name: row.name,
    type: row.type ?? 'gauge',
    help: row.help,
    source: row.source,
    labels,
    compatibleWith,
    samples: (view: TargetView) => {
      const { name: target, server } = view.observation.target;
      if (server !== 'apache') return [];
      return row.read(view).map((sample) => ({ ...sample, labels: { target, ...sample.labels } }));
    },
  });
}

function one<T>(view: TargetView, read: (status: ApacheStatus) => readonly T[]): readonly T[] {
  const status = apacheOf(view);
  return status === undefined ? [] : read(status);
}

function totalFailures({ counters }: TargetView): number {
  return Object.values(counters.failures).reduce((sum, count) => sum + count, 0);
}

/** apache_exporter's number for 2.4.62 is 2.04062: two digits for minor, three for patch. */
function versionNumber({ serverVersion }: ApacheStatus): number | undefined {
  const match = /\/(\d+)\.(\d+)\.(\d+)/.exec(serverVersion ?? '');
  if (match === null) return undefined;
  const [, major, minor = '', patch = ''] = match;
  return Number(`${major}.${minor.padStart(2, '0')}${patch.padStart(3, '0')}`);
}

function milliseconds(...seconds: readonly (number | undefined)[]): number | undefined {
  const found = seconds.filter((value) => value !== undefined);
  return found.length === 0 ? undefined : found.reduce((sum, value) => sum + value, 0) * 1000;
}

const peerStateNames: Readonly<Record<WorkerState, string>> = {
  idle: 'idle',
  starting: 'startup',
  reading: 'read',
  writing: 'reply',
  keepalive: 'keepalive',
  dns: 'dns',
  closing: 'closing',
  logging: 'logging',
  graceful: 'graceful_stop',
  cleanup: 'idle_cleanup',
  open: 'open_slot',
  unknown: 'unknown',
};

/** apache_exporter uses an unknown letter as a label value; here a page cannot choose label values. */
function peerScoreboard(counts: Readonly<Record<WorkerState, number>>) {
  return workerStates
    .filter((state) => state !== 'unknown' || counts[state] > 0)
    .map((state) => ({ labels: { state: peerStateNames[state] }, value: counts[state] }));
}

/** Workers of a balancer can share a name (mod_proxy allows it). The first one counts: a series must be unique. */
function balancerWorkers(view: TargetView) {
  const seen = new Set<string>();
  return one(view, ({ proxyBalancers }) => proxyBalancers).flatMap((proxy) =>
    proxy.workers.flatMap((worker) => {
      const key = JSON.stringify([proxy.name, worker.name]);
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ labels: { balancer: proxy.name, worker: worker.name }, worker }];
    }),
  );
}
