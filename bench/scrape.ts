import { startExporter } from '../test/support/exporter.ts';
import { startApachePeer, startNginxPeer } from '../test/support/peers.ts';
import { startApache } from '../test/support/real-apache.ts';
import { startNginx } from '../test/support/real-nginx.ts';
import { measureLatency, printTable, residentMegabytes } from './measure.ts';

const scrapes = 1000;

interface Subject {
  readonly name: string;
  readonly metricsUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

async function startOurs(name: string, target: string): Promise<Subject> {
  const exporter = await startExporter({ config: `targets: [${target}]` });
  return { name, metricsUrl: `${exporter.url}/metrics`, pid: exporter.pid, stop: exporter.stop };
}

async function compare(ours: Subject, theirs: Subject): Promise<void> {
  const figures = [];
  for (const subject of [theirs, ours]) {
    const { p50, p99 } = await measureLatency(subject.metricsUrl, scrapes);
    figures.push({ name: subject.name, p50, p99, memory: residentMegabytes(subject.pid) });
    await subject.stop();
  }
  const [their, our] = figures;
  if (their === undefined || our === undefined) return;
  printTable([
    ['', 'p50 ms', 'p99 ms', 'MiB'],
    ...figures.map(({ name, p50, p99, memory }) => [
      name,
      p50.toFixed(2),
      p99.toFixed(2),
      memory.toFixed(0),
    ]),
    [
      'ratio',
      (our.p50 / their.p50).toFixed(2),
      (our.p99 / their.p99).toFixed(2),
      (our.memory / their.memory).toFixed(1),
    ],
  ]);
}

/** One target, `/metrics` asked a thousand times, beside the peers on the same idle server. */
export async function run(): Promise<void> {
  const apache = await startApache({ mpm: 'event', maxRequestWorkers: 50, threadsPerChild: 25 });
  await compare(
    await startOurs(
      'keepalive-exporter, Apache',
      `{name: a, server: apache, status_url: "${apache.statusUrl}"}`,
    ),
    { name: 'apache_exporter (Debian)', ...(await startApachePeer(apache)) },
  );
  await apache.stop();
  const nginx = await startNginx({ workerProcesses: 1, workerConnections: 256 });
  await compare(
    await startOurs(
      'keepalive-exporter, nginx',
      `{name: n, server: nginx, status_url: "${nginx.statusUrl}"}`,
    ),
    { name: 'nginx-prometheus-exporter (Debian)', ...(await startNginxPeer(nginx)) },
  );
  await nginx.stop();
}
