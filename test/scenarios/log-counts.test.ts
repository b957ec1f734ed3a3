import { existsSync } from 'node:fs';
import { copyFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectionThresholds } from '../../src/derive/log-fold.ts';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { type Exposition, parseExposition } from '../support/exposition.ts';
import { findFreePort } from '../support/free-port.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  bigFile,
  createTrafficCounts,
  makeTraffic,
  type Site,
  stallInRequests,
  type TrafficCounts,
  totalLines,
} from '../support/web-traffic.ts';

interface LoggingServer extends Site {
  readonly accessLog: string;
  readonly format: string;
  /** Makes it open its log anew, as logrotate does; resolves when it has. */
  reopenLog(): Promise<void>;
}

const nginxFormat =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent $connection_requests $request_time';
const apacheFormat = '%h %l %u %t "%r" %>s %O %D %k %X';

/** With clients that send half a request: time enough for a slow machine to send that half. */
const patienceSeconds = 2;

async function startLoggingNginx(): Promise<LoggingServer> {
  const impatientPort = await findFreePort();
  const nginx = keep(
    await startNginx({
      workerProcesses: 2,
      workerConnections: 128,
      logFormat: nginxFormat,
      extraHttp: `server { listen 127.0.0.1:${impatientPort}; client_header_timeout ${patienceSeconds}; }`,
    }),
  );
  return {
    ...nginx,
    impatientPort,
    server: 'nginx',
    format: nginxFormat,
    async reopenLog() {
      nginx.signal('SIGUSR1', 'parent');
      await waitUntil({
        until: 'nginx has opened its log anew',
        holds: () => existsSync(nginx.accessLog),
      });
    },
  };
}

async function startLoggingApache(mpm: 'prefork' | 'worker' | 'event'): Promise<LoggingServer> {
  const impatientPort = await findFreePort();
  const apache = keep(
    await startApache({
      mpm,
      maxRequestWorkers: 16,
      threadsPerChild: 8,
      accessLogFormat: apacheFormat,
      // Without a filter Apache sees a connection when it is made, and not only when the client sends something.
      extraConfig: `AcceptFilter http none
Listen 127.0.0.1:${impatientPort}
<VirtualHost 127.0.0.1:${impatientPort}>
  RequestReadTimeout header=${patienceSeconds}
</VirtualHost>`,
    }),
  );
  await writeFile(join(apache.documentRoot, bigFile.path), Buffer.alloc(bigFile.bytes));
  return {
    ...{ ...apache, impatientPort },
    ...{ server: 'apache', format: apacheFormat, reopenLog: apache.graceful },
  };
}

type Rotation = (server: LoggingServer, number: number) => Promise<void>;

/** Bytes that are truncated or deleted before they were copied or read are gone for everybody: those two wait. */
const rotations: readonly { readonly rotate: Rotation; readonly waits: boolean }[] = [
  {
    waits: false,
    rotate: ({ accessLog }, number) => rename(accessLog, `${accessLog}.${number}`),
  },
  { waits: true, rotate: ({ accessLog }) => rm(accessLog) },
  {
    waits: true,
    async rotate({ accessLog }, number) {
      await copyFile(accessLog, `${accessLog}.${number}`);
      await truncate(accessLog);
    },
  },
];

/** In the middle of unread lines that get renamed. */
const killedInRound = 3;
/** The log is copied and truncated while the exporter is away. */
const restartedInRound = 5;

/** Before a deletion, and before a copy while the exporter is away: a server loses its patience after seconds. */
const stalledInRounds: readonly number[] = [1, restartedInRound];

/** Apache asks itself, to wake children that are to end; `OPTIONS` is what no client of ours sends. */
const ownRequests = { method: 'OPTIONS', protocol: 'HTTP/1.0' };

async function untilCounted(
  exporter: RunningExporter,
  expected: TrafficCounts,
): Promise<Exposition> {
  let last = parseExposition(await exporter.metrics());
  await waitUntil({
    until: `${totalLines(expected)} responses are counted`,
    async holds() {
      last = parseExposition(await exporter.metrics());
      const own = last.sum('webserver_log_responses_total', ownRequests);
      return last.sum('webserver_log_responses_total') - own >= totalLines(expected);
    },
  });
  return last;
}

interface Figures {
  readonly responses: Readonly<Record<string, number>>;
  readonly reached: Readonly<Record<string, number>>;
  readonly aborts: number;
  readonly timeouts: readonly [beforeRequest: number, inRequest: number];
}

function readFigures(exposition: Exposition): Figures {
  const own = exposition.sum('webserver_log_responses_total', ownRequests);
  const responses = exposition
    .samples('webserver_log_responses_total')
    .filter(({ labels }) => labels['method'] !== ownRequests.method)
    .map(({ labels: { method, code, protocol }, value }) => [
      `${method} ${code} ${protocol}`,
      value,
    ]);
  const reached = (requests: number) =>
    exposition.sum('webserver_log_connections_reached_total', { requests: String(requests) });
  const timeouts = (stage: string) =>
    exposition.sum('webserver_log_request_timeouts_total', { stage });
  return {
    responses: Object.fromEntries(responses),
    reached: {
      ...Object.fromEntries(connectionThresholds.map((least) => [least, reached(least)])),
      1: reached(1) - own,
    },
    aborts: exposition.sum('webserver_log_client_aborts_total'),
    timeouts: [timeouts('before_request'), timeouts('request')],
  };
}

function expectFigures(expected: TrafficCounts): Figures {
  const reached = (least: number) =>
    expected.connections.filter((requests) => requests >= least).length;
  return {
    responses: Object.fromEntries(expected.responses),
    reached: Object.fromEntries(connectionThresholds.map((least) => [least, reached(least)])),
    aborts: expected.aborts,
    timeouts: [expected.timeoutsBeforeRequest, expected.timeoutsInRequest],
  };
}

test.each([
  ['nginx', startLoggingNginx],
  ['Apache prefork', () => startLoggingApache('prefork')],
  ['Apache worker', () => startLoggingApache('worker')],
  ['Apache event', () => startLoggingApache('event')],
] as const)(
  'B1 B2 B3 B17 %s: all counts are those of the clients, across nine rotations, a restart and a kill -9',
  async (_, start) => {
    const server = await start();
    const checkpoints = await keepTempDirectory('checkpoints');
    // The exporter is told of a status page that is not there, so that all lines of the log are the clients'.
    const config = `
targets:
  - name: site
    server: ${server.server}
    status_url: "http://127.0.0.1:1/"
    sampling: {interval: 0s}
    access_logs: [{path: ${server.accessLog}, format: '${server.format}'}]
checkpoint: {directory: ${checkpoints}, interval: 200ms}`;
    const expected = createTrafficCounts();
    let exporter = keep(await startExporter({ config }));
    for (const [round, { rotate, waits }] of [...rotations, ...rotations, ...rotations].entries()) {
      await makeTraffic(server, expected, 1 + (round % 3));
      if (stalledInRounds.includes(round)) await stallInRequests(server, expected);
      if (waits) await untilCounted(exporter, expected);
      if (round === killedInRound) await exporter.kill();
      if (round === restartedInRound) await exporter.stop();
      await rotate(server, round);
      await makeTraffic(server, expected, 1);
      await server.reopenLog();
      if (round === killedInRound || round === restartedInRound) {
        await makeTraffic(server, expected, 2);
        exporter = keep(await startExporter({ config }));
      }
    }
    const counted = await untilCounted(exporter, expected);
    expect(readFigures(counted)).toEqual(expectFigures(expected));
    expect(counted.value('webserver_log_skipped_bytes_total')).toBe(0);
    expect(counted.value('webserver_log_lines_total', { result: 'unparsed' })).toBe(0);
  },
);
