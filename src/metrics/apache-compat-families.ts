import { type ApacheStatus, type WorkerState, workerStates } from '../snapshot/apache-status.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family, type MetricType, type Sample } from './family.ts';
import { apacheOf, known, states } from './target-samples.ts';

const compatibleWith = 'apache_exporter';

/**
 * The families of apache_exporter 1.x: its names, labels and values, also where the name breaks the conventions
 * (`_total` on a gauge's value, milliseconds). Each carries the label `target` besides, because one process serves
 * many. Values follow the page, so a figure that vanished is absent here, where the peer repeats its last one.
 */
export const apacheCompatFamilies: readonly Family<TargetView>[] = [
  compat({
    name: 'apache_up',
    help: 'Could the apache server be reached',
    source:
      'As webserver_up. The peer says 1 for any HTTP answer, such as a login page; here that is 0.',
    read: (view) => [{ labels: {}, value: apacheOf(view) === undefined ? 0 : 1 }],
  }),
  compat({
    name: 'apache_exporter_scrape_failures_total',
    type: 'counter',
    help: 'Number of errors while scraping apache.',
    source: 'webserver_scrape_failures_total, all results together.',
    read: (view) => [{ labels: {}, value: totalFailures(view) }],
  }),
  value('apache_version', 'Apache server version', 'ServerVersion', versionNumber),
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
    source: 'mod_status Load1, Load5, Load15: of the machine.',
    read: (view) =>
      one(view, ({ load1, load5, load15 }) => [
        ...known({ interval: '1min' }, load1),
        ...known({ interval: '5min' }, load5),
        ...known({ interval: '15min' }, load15),
      ]),
  }),
  counter(
    'apache_accesses_total',
    'Current total apache accesses (*)',
    'Total Accesses',
    (s) => s.totalAccesses,
  ),
  counter(
    'apache_sent_kilobytes_total',
    'Current total kbytes sent (*)',
    'Total kBytes',
    (s) => s.totalKibibytes,
  ),
  counter(
    'apache_duration_ms_total',
    'Total duration of all registered requests in ms',
    'Total Duration',
    (s) => s.totalDurationMilliseconds,
  ),
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
  value(
    'apache_cpuload',
    'The current percentage CPU used by each worker and in total by all workers combined (*)',
    'CPULoad',
    // mod_status leaves the line out while it would be 0; the peer then keeps its initial 0.
    (s) => s.cpuLoadPercent ?? 0,
  ),
  counter(
    'apache_uptime_seconds_total',
    'Current uptime in seconds (*)',
    'Uptime',
    (s) => s.uptimeSeconds,
  ),
  compat({
    name: 'apache_workers',
    labels: ['state'],
    help: 'Apache worker statuses',
    source: 'mod_status BusyWorkers, IdleWorkers (the first of each on the page).',
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
  balancer('apache_proxy_balancer_accesses_total', 'counter', 'Elected', 'elected'),
  balancer('apache_proxy_balancer_busy', 'gauge', 'Busy', 'busy'),
  balancer('apache_proxy_balancer_request_kbytes_total', 'counter', 'Sent', 'sentKibibytes'),
  balancer('apache_proxy_balancer_response_kbytes_total', 'counter', 'Rcvd', 'receivedKibibytes'),
];

interface CompatRow<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly type?: MetricType;
  readonly labels?: readonly L[];
  readonly read: (view: TargetView) => readonly Sample<L>[];
}

/** Completes a row of the peer with the label `target`; only Apache targets have these families. */
function compat<const L extends string = never>(row: CompatRow<L>): Family<TargetView> {
  return family({
    name: row.name,
    type: row.type ?? 'gauge',
    help: row.help,
    source: row.source,
    labels: ['target', ...(row.labels ?? [])] as string[],
    compatibleWith,
    samples: (view: TargetView) => {
      const { name: target, server } = view.observation.target;
      if (server !== 'apache') return [];
      return row.read(view).map(({ labels, value }) => ({ labels: { target, ...labels }, value }));
    },
  });
}

type ReadNumber = (status: ApacheStatus) => number | undefined;

function value(name: string, help: string, field: string, read: ReadNumber): Family<TargetView> {
  const samples = (view: TargetView) => one(view, (status) => known({}, read(status)));
  return compat({ name, help, source: `mod_status ${field}.`, read: samples });
}

function counter(name: string, help: string, field: string, read: ReadNumber): Family<TargetView> {
  const samples = (view: TargetView) => one(view, (status) => known({}, read(status)));
  return compat({ name, help, type: 'counter', source: `mod_status ${field}.`, read: samples });
}

function one<T>(view: TargetView, read: (status: ApacheStatus) => readonly T[]): readonly T[] {
  const status = apacheOf(view);
  return status === undefined ? [] : read(status);
}

function totalFailures({ counters }: TargetView): number {
  return Object.values(counters.failures).reduce((sum, count) => sum + count, 0);
}

/** The peer's number for 2.4.62 is 2.04062: minor in two digits, patch in three. */
function versionNumber({ serverVersion }: ApacheStatus): number | undefined {
  const match = /\/(\d+)\.(\d+)\.(\d+)/.exec(serverVersion ?? '');
  if (match === null) return undefined;
  const [, major, minor = '', patch = ''] = match;
  return Number(`${major}.${minor.padStart(2, '0')}${patch.padStart(3, '0')}`);
}

function milliseconds(...seconds: readonly (number | undefined)[]): number | undefined {
  const known = seconds.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) * 1000;
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

/** The peer names an unknown letter by itself; here a page cannot choose label values. */
function peerScoreboard(counts: Readonly<Record<WorkerState, number>>) {
  return workerStates
    .filter((state) => state !== 'unknown' || counts[state] > 0)
    .map((state) => ({ labels: { state: peerStateNames[state] }, value: counts[state] }));
}

/**
 * Workers of a balancer may share a name (mod_proxy allows it); a series may not appear twice, so of equal names
 * the first counts.
 */
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

type BalancerCount = 'elected' | 'busy' | 'sentKibibytes' | 'receivedKibibytes';

function balancer(
  name: string,
  type: MetricType,
  field: string,
  property: BalancerCount,
): Family<TargetView> {
  return compat({
    name,
    type,
    labels: ['balancer', 'worker'],
    help:
      property === 'busy'
        ? 'Apache Proxy Balancer Active Requests'
        : 'Apache Proxy Balancer Request Count',
    source: `mod_status ProxyBalancer[]Worker[]${field} (ProxyStatus On).`,
    read: (view) =>
      balancerWorkers(view).flatMap(({ labels, worker }) => known(labels, worker[property])),
  });
}
