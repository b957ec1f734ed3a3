import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireBinary } from './find-binary.ts';
import { findFreePort } from './free-port.ts';
import { answersOk } from './http-get.ts';
import { type NginxOptions, renderNginxConfig } from './nginx-config.ts';
import { listProcessGroup } from './process-group.ts';
import { type RunningProcess, type SignalScope, startProcess } from './processes.ts';
import { type SlowUpstream, startSlowUpstream } from './slow-upstream.ts';
import { buildStoppable } from './stoppable.ts';
import { createTempDirectory } from './temp-directory.ts';
import { waitUntil } from './wait-until.ts';

export interface RealNginx extends NginxFiles {
  /** Of the master process. */
  readonly pid: number;
  readonly port: number;
  /** Without a slash at the end. */
  readonly url: string;
  readonly statusUrl: string;
  /** `unix:/directory/nginx.sock:/stub_status`, when the socket was asked for. */
  readonly unixStatusUrl: string | undefined;
  /** Behind `/slow?ms=`. */
  readonly slowUpstream: SlowUpstream;
  signal(signal: NodeJS.Signals, scope: SignalScope): void;
  /** SIGHUP; resolves when workers of the new configuration run. */
  reload(): Promise<void>;
  /** Resolves when no process and no file of it is left. */
  stop(): Promise<void>;
}

interface NginxFiles {
  readonly directory: string;
  readonly configFile: string;
  readonly pidFile: string;
  readonly accessLog: string;
  readonly errorLog: string;
  readonly documentRoot: string;
}

/** Debian's nginx with a configuration of its own in a fresh directory, as root or as anybody. */
export function startNginx(options: NginxOptions): Promise<RealNginx> {
  return buildStoppable(async (defer) => {
    const temporary = await createTempDirectory('nginx');
    defer(temporary.remove);
    const slowUpstream = await startSlowUpstream();
    defer(slowUpstream.stop);
    const files = filesIn(temporary.path);
    const addresses = addressesOf(await findFreePort(), socketPathOf(files, options));
    const place = { ...addresses, ...files, slowUpstreamUrl: slowUpstream.url };
    await writeFiles(files, renderNginxConfig(options, place));
    const server = await runNginx(files, addresses.statusUrl);
    defer(server.stop);
    // First of all, since a server's threads may wait for it, and its end for them. Stopping it twice is fine.
    defer(slowUpstream.stop);
    return { ...files, slowUpstream, ...addresses, ...controlsOf(server) };
  });
}

function filesIn(directory: string): NginxFiles {
  return {
    directory,
    configFile: join(directory, 'nginx.conf'),
    pidFile: join(directory, 'nginx.pid'),
    accessLog: join(directory, 'access.log'),
    errorLog: join(directory, 'error.log'),
    documentRoot: join(directory, 'html'),
  };
}

function socketPathOf({ directory }: NginxFiles, { unixSocket }: NginxOptions): string | undefined {
  return unixSocket === 'on' ? join(directory, 'nginx.sock') : undefined;
}

function addressesOf(port: number, socketPath: string | undefined) {
  const url = `http://127.0.0.1:${port}`;
  const unixStatusUrl = socketPath === undefined ? undefined : `unix:${socketPath}:/stub_status`;
  return { port, url, statusUrl: `${url}/stub_status`, socketPath, unixStatusUrl };
}

async function writeFiles(files: NginxFiles, config: string): Promise<void> {
  await mkdir(files.documentRoot);
  await writeFile(join(files.documentRoot, 'index.html'), '<!doctype html><title>up</title>up\n');
  await writeFile(files.configFile, config);
}

/** -e names the error log before the configuration is read; the built-in one belongs to root. */
function runNginx(
  { configFile, errorLog, directory }: NginxFiles,
  statusUrl: string,
): Promise<RunningProcess> {
  return startProcess({
    command: requireBinary('nginx'),
    args: ['-e', errorLog, '-p', directory, '-c', configFile],
    isReady: () => answersOk(statusUrl),
    logFiles: [errorLog],
  });
}

function controlsOf(server: RunningProcess) {
  const reload = async (): Promise<void> => {
    const before = new Set(listProcessGroup(server.pid));
    server.signal('SIGHUP', 'parent');
    await waitUntil({
      until: 'nginx has workers of the new configuration',
      holds: () => listProcessGroup(server.pid).some((pid) => !before.has(pid)),
    });
  };
  return { pid: server.pid, signal: server.signal, reload };
}
