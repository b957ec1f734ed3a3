import { type App, createApp } from '../app.ts';
import { createLog } from '../io/create-log.ts';
import { errorCode } from '../io/explain-access.ts';
import { limitRepeats } from '../io/limit-repeats.ts';
import { raiseOpenFiles } from '../io/open-files-limit.ts';
import { readOwnFileSync } from '../io/read-own-file.ts';
import type { Log } from '../pipeline/log.ts';
import { present } from '../present.ts';
import { messageOf, ok, type Result } from '../result.ts';
import { createWebSecurity, type WebSecurity } from '../server/web-security.ts';
import type { ServeFlags } from './flags.ts';
import type { CliIo } from './io.ts';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';

/** Maximum time for requests under way after a signal to end. */
const graceMilliseconds = 4000;

/** Serves until SIGTERM or SIGINT; exit code 1 when it cannot start. */
export async function serve(flags: ServeFlags, io: CliIo): Promise<number> {
  const address = readListenAddress(flags, io, flagProblem(flags));
  if (address === undefined) return 2;
  const log = createLogOf(flags, io);
  // Counts in memory may be wrong after a defect: the last checkpoint stays, and no newer one is written.
  io.onDefect((error) =>
    log.error('keepalive-exporter stops because of an internal error; please report it', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  );
  const security = openSecurity(flags, log);
  if (!security.ok) {
    io.stderr(`${security.error.join('\n')}\n`);
    return 1;
  }
  const app = createApp({ ...appOptions(flags, io, log), ...security.value });
  const exitCode = await serveUntilTerminated(app, {
    name: flags['web.listen-address'],
    address,
    io,
    log,
  });
  // Also when the port was busy: an open socket would keep the process alive.
  await stopWithin(app, graceMilliseconds);
  return exitCode;
}

interface Serving {
  /** The address as given. */
  readonly name: string;
  readonly address: ListenAddress;
  readonly io: CliIo;
  readonly log: Log;
}

async function serveUntilTerminated(
  app: App,
  { name, address, io, log }: Serving,
): Promise<number> {
  // Before the start: SIGHUP would end the process. The reload then waits until the start is over.
  io.onHangup(() => void reload(app, log));
  // A file system that does not answer must not delay a signal.
  const started = await Promise.race([app.start(), io.terminated]);
  if (started === undefined) return 0;
  if (!started.ok) {
    io.stderr(`${started.error.join('\n')}\n`);
    return 1;
  }
  if (!(await listen(app, address, io))) return 1;
  log.info('listening', { address: name });
  await io.terminated;
  log.info('stopping');
  return 0;
}

export function createLogOf(flags: Pick<ServeFlags, 'log.level' | 'log.format'>, io: CliIo): Log {
  const log = createLog({
    level: flags['log.level'],
    format: flags['log.format'],
    write: (line) => io.stderr(line),
    now: () => io.now(),
  });
  return limitRepeats(log, () => performance.now());
}

/** The address to listen on; undefined, with a message, when a flag is not valid. */
export function readListenAddress(
  flags: Pick<ServeFlags, 'web.listen-address'>,
  io: CliIo,
  problem: string | undefined,
): ListenAddress | undefined {
  const given = flags['web.listen-address'];
  const address = parseListenAddress(given);
  if (problem === undefined && address !== undefined) return address;
  const ofAddress = `--web.listen-address="${given}" is not a valid address: want HOST:PORT or :PORT`;
  io.stderr(`keepalive-exporter: ${problem ?? ofAddress}\n`);
  return undefined;
}

export function flagProblem(flags: Pick<ServeFlags, 'web.telemetry-path'>): string | undefined {
  if (!flags['web.telemetry-path'].startsWith('/')) {
    return `--web.telemetry-path="${flags['web.telemetry-path']}" must begin with /`;
  }
  return undefined;
}

type AppFlags = Pick<ServeFlags, 'config.file' | 'web.telemetry-path' | 'no-compat-metrics'>;

export function appOptions(flags: AppFlags, io: CliIo, log: Log) {
  return {
    ...present({ configFile: flags['config.file'] }),
    telemetryPath: flags['web.telemetry-path'],
    compatMetrics: flags['no-compat-metrics'] === undefined,
    version: io.version,
    nodeVersion: io.nodeVersion,
    pid: io.pid,
    // Kubernetes sets the address of its API in the environment of every container.
    inPod: io.environment['KUBERNETES_SERVICE_HOST'] !== undefined,
    stdin: io.stdin,
    log,
    now: () => io.now().getTime() / 1000,
  };
}

/** TLS and authentication as configured with --web.config.file. */
function openSecurity(
  flags: ServeFlags,
  log: Log,
): Result<{ readonly security?: WebSecurity }, readonly string[]> {
  const file = flags['web.config.file'];
  if (file === undefined) return ok({});
  const opened = createWebSecurity({
    file,
    readFile: readOwnFileSync,
    now: () => performance.now(),
    logError: (message) => log.error('the web configuration cannot be used', { error: message }),
    logRefusal: log.warn,
  });
  return opened.ok ? ok({ security: opened.value }) : opened;
}

async function reload(app: App, log: Log): Promise<void> {
  const reloaded = await app.reload();
  if (reloaded.ok) log.info('configuration reloaded');
  else
    log.error('configuration refused; the old one stays in force', {
      problems: firstOf(reloaded.error),
    });
}

/** A file that is not a configuration has thousands of problems. */
const maximumProblems = 20;

function firstOf(problems: readonly string[]): string {
  const more = problems.length - maximumProblems;
  const shown = problems.slice(0, maximumProblems).join('; ');
  return more > 0 ? `${shown}; and ${more} more, which check-config shows` : shown;
}

export async function listen(
  app: Pick<App, 'listen'>,
  address: ListenAddress,
  io: Pick<CliIo, 'stderr'>,
): Promise<boolean> {
  try {
    await app.listen(address);
    return true;
  } catch (error) {
    io.stderr(
      `keepalive-exporter: cannot listen on ${address.host} port ${address.port}: ${explainListen(error)}\n`,
    );
    return false;
  }
}

/** A client that never finishes must not keep the exporter from ending. */
async function stopWithin(app: App, milliseconds: number): Promise<void> {
  const timer = setTimeout(() => app.cutConnections(), milliseconds);
  await app.stop();
  clearTimeout(timer);
}

function explainListen(error: unknown): string {
  const message = messageOf(error);
  const isOutOfFiles = errorCode(error) === 'EMFILE';
  return `${message}; ${isOutOfFiles ? raiseOpenFiles : 'choose another --web.listen-address'}`;
}
