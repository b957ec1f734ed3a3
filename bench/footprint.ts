import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../test/support/free-port.ts';
import { answersOk } from '../test/support/http-get.ts';
import { startApachePeer, startNginxPeer } from '../test/support/peers.ts';
import { startProcess } from '../test/support/processes.ts';
import { startApache } from '../test/support/real-apache.ts';
import { startNginx } from '../test/support/real-nginx.ts';
import { buildBundle } from '../tools/bundle/build-bundle.ts';
import { readMallocSettings, readMemoryFlags } from '../tools/memory-flags.ts';
import { cpuSeconds, measureLatency, printTable } from './measure.ts';

const repository = fileURLToPath(new URL('../', import.meta.url));
const scrapes = 1000;
const idleSeconds = 10;

interface Subject {
  readonly name: string;
  readonly metricsUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** RSS and its anonymous part in MiB. The rest is shared with other Node.js processes. */
function memoryOf(pid: number): { readonly rss: number; readonly anonymous: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  return { rss: kilobytes('VmRSS') / 1024, anonymous: kilobytes('RssAnon') / 1024 };
}

async function startOurs(
  directory: string,
  {
    name,
    target,
    flags,
    node = process.execPath,
  }: {
    readonly name: string;
    readonly target: string;
    readonly flags: readonly string[];
    readonly node?: string;
  },
): Promise<Subject> {
  const port = await findFreePort();
  const config = join(directory, `${port}.yml`);
  await writeFile(config, `targets: [${target}]\n`);
  const main = join(directory, 'keepalive-exporter.mjs');
  const address = `127.0.0.1:${port}`;
  const started = await startProcess({
    command: node,
    args: [...flags, main, 'serve', `--config.file=${config}`, `--web.listen-address=${address}`],
    env: readMallocSettings(repository),
    isReady: () => answersOk(`http://${address}/-/ready`),
  });
  return { name, metricsUrl: `http://${address}/metrics`, pid: started.pid, stop: started.stop };
}

/** One row: after a thousand scrapes without a pause, and after a time in which it only samples. */
async function measure(subject: Subject): Promise<readonly string[]> {
  const { p50 } = await measureLatency(subject.metricsUrl, scrapes);
  const busy = memoryOf(subject.pid);
  const before = cpuSeconds(subject.pid);
  await setTimeout(idleSeconds * 1000);
  const cpu = ((cpuSeconds(subject.pid) - before) / idleSeconds) * 1000;
  const idle = memoryOf(subject.pid);
  await subject.stop();
  const figures = [busy.rss, busy.anonymous, idle.rss, idle.anonymous, cpu];
  return [subject.name, ...figures.map((figure) => figure.toFixed(0)), p50.toFixed(2)];
}

/** This Node.js, and the other lines if `npm ci --prefix tools/runtimes` has installed them. The image has 24. */
const ownLine = process.versions.node.split('.')[0];
const runtimes = ['20', '22', '24', '26']
  .map((line) => {
    const installed = join(repository, `tools/runtimes/node_modules/node-${line}/bin/node`);
    return { line, node: line === ownLine ? process.execPath : installed };
  })
  .filter(({ node }) => existsSync(node));

/** Memory for one target, by Node.js flags, beside the peers on the same idle server. */
export async function run(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'footprint-'));
  await buildBundle(directory);
  const chosen = readMemoryFlags(repository);
  const apache = await startApache({ mpm: 'event', maxRequestWorkers: 50, threadsPerChild: 25 });
  const nginx = await startNginx({ workerProcesses: 1, workerConnections: 256 });
  const ofApache = `{name: a, server: apache, status_url: "${apache.statusUrl}"}`;
  const ofNginx = `{name: a, server: nginx, status_url: "${nginx.statusUrl}"}`;
  const pageOnly = ofNginx.replace('}', ', listen: []}');
  const rows = [
    await measure({ name: 'prometheus-apache-exporter', ...(await startApachePeer(apache)) }),
    await measure({ name: 'prometheus-nginx-exporter', ...(await startNginxPeer(nginx)) }),
  ];
  for (const [name, target, flags] of [
    ['nginx, no flags', ofNginx, []],
    ['nginx, as shipped, listen: []', pageOnly, chosen],
    ['apache, as shipped', ofApache, chosen],
  ] as const) {
    rows.push(await measure(await startOurs(directory, { name, target, flags })));
  }
  for (const { line, node } of runtimes) {
    for (const [how, flags] of [
      ['as shipped', chosen],
      ['--jitless', [...chosen, '--jitless']],
    ] as const) {
      const name = `nginx, ${how}, Node.js ${line}`;
      rows.push(await measure(await startOurs(directory, { name, target: ofNginx, flags, node })));
    }
  }
  await Promise.all([apache.stop(), nginx.stop(), rm(directory, { recursive: true })]);
  printTable([
    ['', 'RSS MiB', 'anonymous', 'RSS idle', 'anonymous idle', 'CPU ms/s', 'p50 ms'],
    ...rows,
  ]);
}
