import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../app.ts';
import { startNginxOrigin } from '../demo/nginx-origin.ts';
import type { Origin } from '../demo/origin.ts';
import { startPreforkOrigin } from '../demo/prefork-origin.ts';
import {
  missingPackages,
  type RealOrigin,
  startRealApache,
  startRealNginx,
} from '../demo/real-servers.ts';
import { startVisitors } from '../demo/visitors.ts';
import { renderSummary } from './demo-summary.ts';
import type { Flags } from './flags.ts';
import type { CliIo } from './io.ts';
import { parseListenAddress } from './listen-address.ts';
import { appOptions, createLogOf, flagProblem, listen } from './serve.ts';

/** Two servers under waves of keep-alive clients and the exporter in front, until Ctrl-C or `--seconds`. */
export async function demo(flags: Flags, io: CliIo): Promise<number> {
  const problem = flagProblem(flags) ?? demoProblem(flags);
  if (problem !== undefined) {
    io.stderr(`keepalive-exporter: ${problem}\n`);
    return 2;
  }
  const directory = await mkdtemp(join(tmpdir(), 'keepalive-demo-'));
  const stops: (() => unknown)[] = [() => rm(directory, { recursive: true, force: true })];
  try {
    const servers = await (flags.real === undefined ? startSimulation() : startReal());
    stops.unshift(() => Promise.all([servers.apache.stop(), servers.nginx.stop()]));
    for (const { port, most } of [
      { port: servers.apache.port, most: 36 },
      { port: servers.nginx.port, most: 150 },
    ]) {
      const visitors = startVisitors({ port, most, periodMilliseconds: 40_000 });
      stops.unshift(() => visitors.stop());
    }
    const configFile = join(directory, 'config.yml');
    await writeFile(configFile, demoConfig(servers));
    const app = createApp({
      ...appOptions(flags, io, createLogOf({ ...flags, 'log.level': 'error' }, io)),
      configFile,
    });
    stops.unshift(() => app.stop());
    return await show(app, { flags, io, servers });
  } finally {
    for (const stop of stops) await stop();
  }
}

interface DemoServers {
  readonly apache: Origin;
  readonly nginx: Origin;
  /** YAML of the capacity of the nginx. */
  readonly nginxCapacity: string;
  readonly simulated: boolean;
}

function demoProblem(flags: Flags): string | undefined {
  const { seconds } = flags;
  if (seconds !== undefined && !(Number(seconds) > 0)) return `--seconds="${seconds}" is no number`;
  const missing = flags.real === undefined ? [] : missingPackages();
  if (missing.length === 0) return undefined;
  return `demo --real needs ${missing.join(' and ')}: apt-get install --no-install-recommends ${missing.join(' ')}`;
}

async function startSimulation(): Promise<DemoServers> {
  const [apache, nginx] = await Promise.all([
    startPreforkOrigin({
      maxRequestWorkers: 24,
      keepAliveTimeoutMilliseconds: 5000,
      workMilliseconds: 120,
    }),
    startNginxOrigin({
      workerConnections: 128,
      keepaliveTimeoutMilliseconds: 20_000,
      workMilliseconds: 120,
    }),
  ]);
  const nginxCapacity = '{worker_processes: 1, worker_connections: 128}';
  return { apache, nginx, nginxCapacity, simulated: true };
}

async function startReal(): Promise<DemoServers> {
  const [apache, nginx]: readonly RealOrigin[] = await Promise.all([
    startRealApache(),
    startRealNginx(),
  ]);
  if (apache === undefined || nginx === undefined) throw new Error('a server is missing');
  return {
    apache,
    nginx,
    nginxCapacity: `{config_file: ${JSON.stringify(nginx.configFile)}}`,
    simulated: false,
  };
}

function demoConfig({ apache, nginx, nginxCapacity, simulated }: DemoServers): string {
  const prefix = simulated ? 'simulated-' : '';
  return `targets:
  - {name: ${prefix}apache-prefork, server: apache, status_url: "${apache.statusUrl}", sampling: {observation_lane: true}}
  - {name: ${prefix}nginx, server: nginx, status_url: "${nginx.statusUrl}", capacity: ${nginxCapacity}}
`;
}

interface ShowContext {
  readonly flags: Flags;
  readonly io: CliIo;
  readonly servers: DemoServers;
}

async function show(app: App, { flags, io, servers }: ShowContext): Promise<number> {
  const address = parseListenAddress(flags['web.listen-address'] ?? '');
  const started = await app.start();
  if (address === undefined || !started.ok || !(await listen(app, address, io))) return 1;
  const base = `http://localhost:${address.port}`;
  const what = servers.simulated ? 'simulated (a small model of slots, not real servers)' : 'real';
  io.stdout(`keepalive-exporter demo: an Apache prefork and an nginx, ${what}, under waves of keep-alive clients.

  page      ${base}/
  metrics   ${base}${flags['web.telemetry-path']}
  apache    ${servers.apache.statusUrl}
  nginx     ${servers.nginx.statusUrl}

${flags.seconds === undefined ? 'Ctrl-C ends it.' : `Ends by itself after ${flags.seconds} s.`}
`);
  await endOf(flags, io);
  io.stdout(`\n${renderSummary(app.views())}`);
  return 0;
}

async function endOf({ seconds }: Flags, io: CliIo): Promise<void> {
  if (seconds === undefined) return io.terminated;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Number(seconds) * 1000);
  });
  await Promise.race([over, io.terminated]);
  clearTimeout(timer);
}
