import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApacheOptions, renderApacheConfig } from './apache-config.ts';
import { requireBinary } from './find-binary.ts';
import { findFreePort } from './free-port.ts';
import { answersOk } from './http-get.ts';
import { type RunningProcess, type SignalScope, startProcess } from './processes.ts';
import { type SlowUpstream, startSlowUpstream } from './slow-upstream.ts';
import { buildStoppable } from './stoppable.ts';
import { createTempDirectory } from './temp-directory.ts';
import { waitUntil } from './wait-until.ts';

export interface RealApache extends ApacheFiles {
  readonly pid: number;
  readonly port: number;
  /** Without a slash at the end. */
  readonly url: string;
  readonly statusUrl: string;
  /** Behind `/slow?ms=`. */
  readonly slowUpstream: SlowUpstream;
  signal(signal: NodeJS.Signals, scope: SignalScope): void;
  /** SIGUSR1; resolves when the new generation serves. */
  graceful(): Promise<void>;
  /** SIGHUP; resolves when the new generation serves, its counters at 0. */
  restart(): Promise<void>;
  /** Resolves when no process and no file of it is left. */
  stop(): Promise<void>;
}

interface ApacheFiles {
  readonly directory: string;
  readonly configFile: string;
  readonly pidFile: string;
  readonly accessLog: string;
  readonly errorLog: string;
  readonly documentRoot: string;
}

/** Debian's Apache with a configuration of its own in a fresh directory, as root or as anybody. */
export function startApache(options: ApacheOptions): Promise<RealApache> {
  return buildStoppable(async (defer) => {
    const temporary = await createTempDirectory('apache');
    defer(temporary.remove);
    const slowUpstream = await startSlowUpstream();
    defer(slowUpstream.stop);
    const files = filesIn(temporary.path);
    const { host, port } = options.listen ?? { host: '127.0.0.1', port: await findFreePort() };
    const addresses = addressesOf(host, port);
    const place = { directory: files.directory, host, port, slowUpstreamUrl: slowUpstream.url };
    await writeFiles(files, renderApacheConfig(options, place));
    const server = await runApache(files, addresses.statusUrl);
    defer(server.stop);
    // First of all, since a server's threads may wait for it, and its end for them. Stopping it twice is fine.
    defer(slowUpstream.stop);
    return { ...files, slowUpstream, ...addresses, ...controlsOf(server, files) };
  });
}

function filesIn(directory: string): ApacheFiles {
  return {
    directory,
    configFile: join(directory, 'httpd.conf'),
    pidFile: join(directory, 'apache2.pid'),
    accessLog: join(directory, 'access.log'),
    errorLog: join(directory, 'error.log'),
    documentRoot: join(directory, 'htdocs'),
  };
}

async function writeFiles(files: ApacheFiles, config: string): Promise<void> {
  await mkdir(files.documentRoot);
  await writeFile(join(files.documentRoot, 'index.html'), '<!doctype html><title>up</title>up\n');
  await writeFile(join(files.directory, 'mime.types'), 'text/html html\ntext/plain txt\n');
  await writeFile(files.configFile, config);
}

function addressesOf(host: string, port: number) {
  const url = `http://${host}:${port}`;
  return { port, url, statusUrl: `${url}/server-status?auto` };
}

/** -DFOREGROUND keeps the parent process ours to watch; -X would serve with a single process. */
function runApache(
  { configFile, errorLog }: ApacheFiles,
  statusUrl: string,
): Promise<RunningProcess> {
  return startProcess({
    command: requireBinary('apache2'),
    args: ['-f', configFile, '-DFOREGROUND'],
    isReady: () => answersOk(statusUrl),
    logFiles: [errorLog],
  });
}

function controlsOf(server: RunningProcess, { errorLog }: ApacheFiles) {
  const restartBy = async (signal: NodeJS.Signals): Promise<void> => {
    const before = await countGenerations(errorLog);
    server.signal(signal, 'parent');
    await waitUntil({
      until: `Apache resumes operations after ${signal}`,
      holds: async () => (await countGenerations(errorLog)) > before,
    });
  };
  return {
    pid: server.pid,
    signal: server.signal,
    graceful: () => restartBy('SIGUSR1'),
    restart: () => restartBy('SIGHUP'),
  };
}

/** AH00163 (prefork), AH00292 (worker), AH00489 (event): "… configured -- resuming normal operations". */
async function countGenerations(errorLog: string): Promise<number> {
  const text = await readFile(errorLog, 'utf8');
  return text.split('resuming normal operations').length - 1;
}
