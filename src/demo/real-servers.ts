import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok, type Result } from '../result.ts';
import { type Origin, portOf } from './origin.ts';

export interface RealOrigin extends Origin {
  /** The configuration that the server was started with. */
  readonly configFile: string;
}

interface RealServer {
  readonly binaries: readonly string[];
  readonly package: string;
  readonly statusPath: string;
  args(configFile: string): readonly string[];
  config(directory: string, port: number): string;
}

/** Root must run the workers as another user; no other user can. */
const isRoot = process.getuid?.() === 0;
const moduleDirectory = '/usr/lib/apache2/modules';
const apacheModules = ['mpm_prefork', 'authz_core', 'status', 'dir'];

const apache: RealServer = {
  binaries: ['/usr/sbin/apache2'],
  package: 'apache2-bin',
  statusPath: '/server-status?auto',
  args: (configFile) => ['-f', configFile, '-DFOREGROUND'],
  config: (directory, port) => `ServerRoot "${directory}"
DefaultRuntimeDir "${directory}"
PidFile "${directory}/apache2.pid"
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
${isRoot ? 'User www-data\nGroup www-data\n' : ''}${apacheModules
  .map((name) => `LoadModule ${name}_module "${moduleDirectory}/mod_${name}.so"`)
  .join('\n')}
ServerLimit 24
MaxRequestWorkers 24
StartServers 8
KeepAliveTimeout 10
ErrorLog "${directory}/error.log"
DocumentRoot "${directory}/pages"
<Location "/server-status">
  SetHandler server-status
</Location>
`,
};

const temporaryPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

const nginx: RealServer = {
  binaries: ['/usr/sbin/nginx', '/usr/local/sbin/nginx'],
  package: 'nginx-light',
  statusPath: '/stub_status',
  args: (configFile) => ['-c', configFile, '-e', 'stderr'],
  config: (directory, port) => `${isRoot ? 'user www-data;\n' : ''}daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 128; }
http {
${temporaryPaths.map((name) => `  ${name}_temp_path ${directory}/${name};`).join('\n')}
  access_log off;
  keepalive_timeout 20s;
  server {
    listen 127.0.0.1:${port};
    root ${directory}/pages;
    location = /stub_status { stub_status; }
  }
}
`,
};

/** The packages that `demo --real` needs and this machine lacks. */
export function missingPackages(): readonly string[] {
  return [apache, nginx].filter((server) => !binaryOf(server)).map((server) => server.package);
}

/** An error explains why the server does not run; all its files are then removed. */
export function startRealApache(): Promise<Result<RealOrigin, string>> {
  return start(apache);
}

export function startRealNginx(): Promise<Result<RealOrigin, string>> {
  return start(nginx);
}

function binaryOf({ binaries }: RealServer): string | undefined {
  return binaries.find((path) => existsSync(path));
}

async function start(server: RealServer): Promise<Result<RealOrigin, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'keepalive-demo-'));
  const port = await findFreePort();
  const configFile = await writeFiles(server, { directory, port });
  const child = spawn(binaryOf(server) ?? server.package, server.args(configFile), {
    stdio: ['ignore', 'ignore', 'inherit'],
    // Ctrl-C in the terminal is for the demo, which then stops the server.
    detached: true,
  });
  const stop = async (): Promise<void> => {
    await endOf(child);
    await rm(directory, { recursive: true, force: true });
  };
  const statusUrl = `http://127.0.0.1:${port}${server.statusPath}`;
  const problem = await waitForAnswer(statusUrl, child);
  if (problem === undefined) return ok({ port, statusUrl, configFile, stop });
  await stop();
  return err(problem);
}

interface Place {
  readonly directory: string;
  readonly port: number;
}

async function writeFiles(server: RealServer, { directory, port }: Place): Promise<string> {
  await chmod(directory, 0o755);
  await mkdir(join(directory, 'pages'));
  await writeFile(join(directory, 'pages', 'index.html'), 'A page.\n');
  const configFile = join(directory, 'server.conf');
  await writeFile(configFile, server.config(directory, port));
  return configFile;
}

async function endOf(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Why the server does not answer; undefined once it does. */
async function waitForAnswer(url: string, child: ChildProcess): Promise<string | undefined> {
  let status = 'no answer';
  for (let attempt = 0; attempt < 100; attempt++) {
    if (hasEnded(child)) return `${child.spawnfile} ended at once; its message is above`;
    const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => undefined);
    if (answer?.ok) return undefined;
    if (answer !== undefined) status = `HTTP status ${answer.status}`;
    await sleep(100);
  }
  return `${child.spawnfile} does not serve ${url}: ${status} within 10 s; its user must be able to enter ${tmpdir()} (set TMPDIR to another directory)`;
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const port = portOf(server);
      server.close(() => resolve(port));
    });
  });
}
