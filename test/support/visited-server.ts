import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { httpGet } from './http-get.ts';
import { type IdleWatch, watchConnections, watchIdleWorkers } from './idle-watch.ts';
import { startApache } from './real-apache.ts';
import { startNginx } from './real-nginx.ts';
import { waitUntil } from './wait-until.ts';

/** A real server whose visitors, slots and timeout are watched and changed. */
export interface VisitedServer {
  readonly name: 'prefork' | 'nginx';
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
export async function startPrefork({ slots, timeoutSeconds }: Setting): Promise<VisitedServer> {
  const server = await startApache({
    mpm: 'prefork',
    maxRequestWorkers: slots,
    serverLimit: 200,
    maxKeepAliveRequests: 0,
    accessLogFormat: apacheFormat,
    extraConfig: `KeepAliveTimeout ${timeoutSeconds * 1000}ms`,
  });
  const { port, accessLog, statusUrl, configFile } = server;
  return {
    name: 'prefork',
    port,
    accessLog,
    format: apacheFormat,
    watch: () => watchIdleWorkers(statusUrl),
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
