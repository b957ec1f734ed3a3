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

/** `ours` with default settings, and `alike` without the kernel's socket tables, which the peers do not read. */
async function compare(theirs: Subject, alike: Subject, ours: Subject): Promise<void> {
  const figures = [];
  for (const subject of [theirs, alike, ours]) {
    const { p50, p99 } = await measureLatency(subject.metricsUrl, scrapes);
    figures.push({ name: subject.name, p50, p99, memory: residentMegabytes(subject.pid) });
    await subject.stop();
  }
  const [their, ...rest] = figures;
  if (their === undefined) return;
  printTable([
    ['', 'p50 ms', 'p99 ms', 'MiB'],
    ...figures.map(({ name, p50, p99, memory }) => [
      name,
      p50.toFixed(2),
      p99.toFixed(2),
      memory.toFixed(0),
    ]),
    ...rest.map(({ name, p50, p99, memory }) => [
      `ratio, ${name}`,
      (p50 / their.p50).toFixed(2),
      (p99 / their.p99).toFixed(2),
      (memory / their.memory).toFixed(1),
    ]),
  ]);
}

/** One target, a thousand scrapes of `/metrics`, beside the peers on the same idle server. */
export async function run(): Promise<void> {
  const apache = await startApache({ mpm: 'event', maxRequestWorkers: 50, threadsPerChild: 25 });
  await compare(
    { name: 'apache_exporter (Debian)', ...(await startApachePeer(apache)) },
    await startOurs('status only', target('apache', apache, ', listen: []')),
    await startOurs('keepalive-exporter', target('apache', apache)),
  );
  await apache.stop();
  const nginx = await startNginx({ workerProcesses: 1, workerConnections: 256 });
  await compare(
    { name: 'nginx-prometheus-exporter (Debian)', ...(await startNginxPeer(nginx)) },
    await startOurs('status only', target('nginx', nginx, ', listen: []')),
    await startOurs('keepalive-exporter', target('nginx', nginx)),
  );
  await nginx.stop();
}

function target(server: string, { statusUrl }: { statusUrl: string }, rest = ''): string {
  return `{name: a, server: ${server}, status_url: "${statusUrl}"${rest}}`;
}
