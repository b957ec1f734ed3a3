import { type App, createApp } from '../app.ts';
import {
  createLog,
  type LogFormat,
  type LogLevel,
  logFormats,
  logLevels,
} from '../io/create-log.ts';
import type { Log } from '../pipeline/log.ts';
import type { Flags } from './flags.ts';
import type { CliIo } from './io.ts';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';

/** Longest time for requests under way once the exporter is told to end. */
const graceMilliseconds = 4000;

/** Serves until SIGTERM or SIGINT; exit code 1 when it cannot start. */
export async function serve(flags: Flags, io: CliIo): Promise<number> {
  const problem = flagProblem(flags);
  const address = parseListenAddress(flags['web.listen-address'] ?? '');
  if (problem !== undefined || address === undefined) {
    const text = problem ?? `--web.listen-address="${flags['web.listen-address']}" is no HOST:PORT`;
    io.stderr(`keepalive-exporter: ${text}\n`);
    return 2;
  }
  const log = createLogOf(flags, io);
  const app = createApp(appOptions(flags, io, log));
  const started = await app.start();
  if (!started.ok) {
    io.stderr(`${started.error.join('\n')}\n`);
    return 1;
  }
  io.onHangup(() => void reload(app, log));
  if (!(await listen(app, address, io))) return 1;
  log.info('listening', { address: flags['web.listen-address'] });
  await io.terminated;
  log.info('ending');
  await stopWithin(app, graceMilliseconds);
  return 0;
}

export function createLogOf(flags: Flags, io: CliIo): Log {
  return createLog({
    level: flags['log.level'] as LogLevel,
    format: flags['log.format'] as LogFormat,
    write: (line) => io.stderr(line),
    now: () => io.now(),
  });
}

export function flagProblem(flags: Flags): string | undefined {
  if (!logLevels.some((level) => level === flags['log.level'])) {
    return `--log.level="${flags['log.level']}" is none of ${logLevels.join(', ')}`;
  }
  if (!logFormats.some((format) => format === flags['log.format'])) {
    return `--log.format="${flags['log.format']}" is none of ${logFormats.join(', ')}`;
  }
  if (!flags['web.telemetry-path']?.startsWith('/')) {
    return `--web.telemetry-path="${flags['web.telemetry-path']}" must begin with /`;
  }
  if (flags['web.config.file'] !== undefined) {
    return '--web.config.file is not supported yet; put the exporter behind a proxy that ends TLS';
  }
  return undefined;
}

function appOptions(flags: Flags, io: CliIo, log: Log) {
  const configFile = flags['config.file'];
  return {
    ...(configFile === undefined ? {} : { configFile }),
    telemetryPath: flags['web.telemetry-path'] ?? '/metrics',
    compatMetrics: flags['no-compat-metrics'] === undefined,
    version: io.version,
    nodeVersion: io.nodeVersion,
    log,
    now: () => io.now().getTime() / 1000,
  };
}

async function reload(app: App, log: Log): Promise<void> {
  const reloaded = await app.reload();
  if (reloaded.ok) log.info('configuration reloaded');
  else
    log.error('configuration refused; the old one stays', { problems: reloaded.error.join('; ') });
}

async function listen(app: App, address: ListenAddress, io: CliIo): Promise<boolean> {
  try {
    await app.server.listen({ host: address.host, port: address.port });
    return true;
  } catch (error) {
    io.stderr(
      `keepalive-exporter: cannot listen on ${address.host} port ${address.port}: ${(error as Error).message}; choose another --web.listen-address\n`,
    );
    return false;
  }
}

/** A client that never finishes must not keep the exporter from ending. */
async function stopWithin(app: App, milliseconds: number): Promise<void> {
  const timer = setTimeout(() => app.server.server.closeAllConnections(), milliseconds);
  await app.stop();
  clearTimeout(timer);
}
