import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../app.ts';
import { isPortFree } from '../demo/is-port-free.ts';
import { missingPackages } from '../demo/real-servers.ts';
import {
  type DemoServers,
  renderDemoConfig,
  startReal,
  startSimulation,
} from '../demo/start-servers.ts';
import { startVisitors } from '../demo/visitors.ts';
import { renderSummary } from './demo-summary.ts';
import { type DemoFlags, serveFlags } from './flags.ts';
import type { CliIo } from './io.ts';
import { type ListenAddress, renderLocalUrl } from './listen-address.ts';
import { appOptions, createLogOf, flagProblem, listen, readListenAddress } from './serve.ts';

/** Two servers under waves of keep-alive clients and the exporter in front, until Ctrl-C or `--seconds`. */
export async function demo(flags: DemoFlags, io: CliIo): Promise<number> {
  const address = readListenAddress(flags, io, flagProblem(flags) ?? demoProblem(flags));
  if (address === undefined) return 2;
  // From here on a signal must not end the process before the servers are stopped.
  const { terminated } = io;
  const directory = await mkdtemp(join(tmpdir(), 'keepalive-demo-'));
  const stops: (() => unknown)[] = [() => rm(directory, { recursive: true, force: true })];
  try {
    const started = await (flags.real === undefined ? startSimulation() : startReal());
    if (!started.ok) return failed(started.error, io);
    const servers = started.value;
    stops.unshift(() => Promise.all([servers.apache.stop(), servers.nginx.stop()]));
    for (const { port, maximum } of [
      { port: servers.apache.port, maximum: 36 },
      { port: servers.nginx.port, maximum: 150 },
    ]) {
      const visitors = startVisitors({ port, maximum, periodMilliseconds: 40_000 });
      stops.unshift(() => visitors.stop());
    }
    const configFile = join(directory, 'config.yml');
    await writeFile(configFile, renderDemoConfig(servers));
    const log = createLogOf({ 'log.level': 'error', 'log.format': 'logfmt' }, io);
    const app = createApp(appOptions({ ...flags, 'config.file': configFile }, io, log));
    stops.unshift(() => app.stop());
    return await show(app, { flags, io, servers, address, terminated });
  } finally {
    for (const stop of stops) await stop();
  }
}

/** A timer of Node fires at once when its milliseconds exceed 31 bits. */
const maximumSeconds = Math.floor((2 ** 31 - 1) / 1000);

function isSeconds(value: number): boolean {
  return value > 0 && value <= maximumSeconds;
}

function demoProblem(flags: DemoFlags): string | undefined {
  const { seconds } = flags;
  if (seconds !== undefined && !isSeconds(Number(seconds))) {
    return `--seconds="${seconds}": want a number of seconds up to ${maximumSeconds}`;
  }
  const missing = flags.real === undefined ? [] : missingPackages();
  if (missing.length === 0) return undefined;
  return `demo --real needs ${missing.join(' and ')}: apt-get install --no-install-recommends ${missing.join(' ')}`;
}

function failed(problems: readonly string[], io: CliIo): number {
  for (const problem of problems) io.stderr(`keepalive-exporter: ${problem}\n`);
  return 1;
}

interface ShowContext {
  readonly flags: DemoFlags;
  readonly io: CliIo;
  readonly servers: DemoServers;
  readonly address: ListenAddress;
  readonly terminated: Promise<void>;
}

async function show(app: App, context: ShowContext): Promise<number> {
  const { flags, io, servers, terminated } = context;
  const started = await app.start();
  if (!started.ok) return failed(started.error, io);
  const address = await chooseAddress(context);
  if (!(await listen(app, address, io))) return 1;
  const base = renderLocalUrl({ ...address, port: portOf(app) ?? address.port });
  const what = servers.simulated ? 'simulated (a small model of slots, not real servers)' : 'real';
  io.stdout(`keepalive-exporter demo: an Apache prefork and an nginx, ${what}, under waves of keep-alive clients.

  page      ${base}/
  metrics   ${base}${flags['web.telemetry-path']}
  apache    ${servers.apache.statusUrl}
  nginx     ${servers.nginx.statusUrl}

${flags.seconds === undefined ? 'Ctrl-C ends it.' : `Ends by itself after ${flags.seconds} s.`}
`);
  await endOf(flags, terminated);
  io.stdout(`\n${renderSummary(app.views())}`);
  return 0;
}

/** The port that the system chose for port 0. */
function portOf(app: App): number | undefined {
  const listening = app.server.server.address();
  return typeof listening === 'object' ? listening?.port : undefined;
}

/** Another exporter may use the default port. Unless a port is given, the demo then listens on any free port. */
async function chooseAddress({ flags, address }: ShowContext): Promise<ListenAddress> {
  const chosen = flags['web.listen-address'] !== serveFlags['web.listen-address'].default;
  return chosen || (await isPortFree(address)) ? address : { ...address, port: 0 };
}

async function endOf({ seconds }: DemoFlags, terminated: Promise<void>): Promise<void> {
  if (seconds === undefined) return terminated;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Number(seconds) * 1000);
  });
  await Promise.race([over, terminated]);
  clearTimeout(timer);
}
