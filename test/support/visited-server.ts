import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { httpGet } from './http-get.ts';
import { type IdleWatch, watchConnections, watchIdleWorkers } from './idle-watch.ts';
import { type RealApache, startApache } from './real-apache.ts';
import { startNginx } from './real-nginx.ts';
import { waitUntil } from './wait-until.ts';

/** A real server whose visitors, slots and timeout are watched and changed. */
export interface VisitedServer {
  readonly name: 'prefork' | 'event' | 'nginx';
  readonly port: number;
  readonly accessLog: string;
  readonly format: string;
  watch(): IdleWatch;
  /** Whether a line of the log is of a connection that carried a request before. */
  isReuse(line: string): boolean;
  /** Makes directives come true by a graceful restart. */
  apply(directives: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface Setting {
  readonly slots: number;
  readonly timeoutSeconds: number;
}

/** Tells connections apart; the last two are Apache's ids for log lines, which do not. */
const apacheFormat = '%{c}a %{remote}p %k %X %D %{end:msec}t "%r" %>s "%{User-Agent}i" %L %{c}L';
const nginxFormat =
  '$connection_requests $connection $remote_addr $msec "$request" $status $request_time';

/** A prefork that keeps connections for that long, however many requests they carry. */
export async function startPrefork(setting: Setting): Promise<VisitedServer> {
  const server = await startApache({ ...apacheOptions(setting), mpm: 'prefork', serverLimit: 256 });
  return visitedApache(server, {
    name: 'prefork',
    watch: () => watchIdleWorkers(server.statusUrl),
  });
}

/** An event of one process, which takes the connections that AsyncRequestWorkerFactor lets it. */
export async function startEvent(setting: Setting): Promise<VisitedServer> {
  const server = await startApache({
    ...apacheOptions(setting),
    mpm: 'event',
    threadsPerChild: setting.slots,
    // A graceful restart begins a new process beside the old one.
    serverLimit: 4,
  });
  return visitedApache(server, { name: 'event', watch: () => watchConnections(server.port) });
}

function apacheOptions({ slots, timeoutSeconds }: Setting) {
  return {
    maxRequestWorkers: slots,
    maxKeepAliveRequests: 0,
    accessLogFormat: apacheFormat,
    extraConfig: `KeepAliveTimeout ${timeoutSeconds * 1000}ms`,
  };
}

function visitedApache(
  server: RealApache,
  own: Pick<VisitedServer, 'name' | 'watch'>,
): VisitedServer {
  const { port, accessLog, statusUrl, configFile } = server;
  return {
    ...own,
    port,
    accessLog,
    format: apacheFormat,
    isReuse: (line) => line.split(' ')[2] !== '0',
    async apply(directives) {
      await appendFile(configFile, `\n${directives.join('\n')}\n`);
      await server.graceful();
      await waitUntil({
        until: 'no worker of the old configuration is left',
        holds: async () => /^Scoreboard: [_W.]+$/m.test((await httpGet(statusUrl)).body),
      });
    },
    stop: server.stop,
  };
}

export async function startVisitedNginx({
  slots,
  timeoutSeconds,
}: Setting): Promise<VisitedServer> {
  const server = await startNginx({
    workerProcesses: 1,
    workerConnections: slots,
    keepaliveTimeout: timeoutSeconds,
    logFormat: nginxFormat,
  });
  const { port, accessLog, configFile } = server;
  return {
    name: 'nginx',
    port,
    accessLog,
    format: nginxFormat,
    watch: () => watchConnections(port),
    isReuse: (line) => !line.startsWith('1 '),
    async apply(directives) {
      const config = await readFile(configFile, 'utf8');
      const [timeout = ''] = directives;
      await writeFile(configFile, config.replace(/keepalive_timeout [^;]+;/, timeout));
      await server.reload();
    },
    stop: server.stop,
  };
}
