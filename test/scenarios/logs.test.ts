import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { type Exposition, parseExposition } from '../support/exposition.ts';
import { openBusyClients, openHalfHeaderClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';
import { waitUntil } from '../support/wait-until.ts';

const nginxFormat =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent $connection_requests $request_time "$upstream_response_time"';
const apacheFormat = '%h %l %u %t "%r" %>s %O %D %k %X';

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'logs-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const read = async (exporter: RunningExporter) => parseExposition(await exporter.metrics());

const total = (exposition: Exposition, name: string, labels = {}) =>
  exposition.samples(name, labels).reduce((sum, { value }) => sum + value, 0);

async function untilLines(exporter: RunningExporter, count: number): Promise<Exposition> {
  let last = await read(exporter);
  await waitUntil({
    until: `${count} lines are counted`,
    async holds() {
      last = await read(exporter);
      return total(last, 'webserver_log_lines_total') >= count;
    },
  });
  return last;
}

describe('nginx', () => {
  test('every request is counted once, across rotation, restart and kill -9 of the exporter', async () => {
    const nginx = keep(
      await startNginx({ workerProcesses: 1, workerConnections: 128, logFormat: nginxFormat }),
    );
    const config = `
targets:
  - name: edge
    server: nginx
    status_url: "${nginx.statusUrl}"
    sampling: {interval: 0s}
    access_logs: [{path: ${nginx.accessLog}, format: '${nginxFormat}'}]
checkpoint: {directory: ${await temporaryDirectory()}, interval: 200ms}
logs: {start: beginning}`;
    const url = `http://127.0.0.1:${nginx.port}/`;
    const first = keep(await startExporter({ config }));
    await requestsOnOneConnection({ url, count: 20 });
    await untilLines(first, 20);

    // logrotate: the file is renamed, and nginx writes into it until it is told to reopen.
    await rename(nginx.accessLog, `${nginx.accessLog}.1`);
    await requestsOnOneConnection({ url, count: 10 });
    nginx.signal('SIGUSR1', 'parent');
    await requestsOnOneConnection({ url, count: 10 });
    await untilLines(first, 40);
    await first.kill();
    await requestsOnOneConnection({ url, count: 15 });

    const second = keep(await startExporter({ config }));
    await untilLines(second, 55);
    await second.stop();
    await requestsOnOneConnection({ url: `${url}missing`, count: 5 });
    const third = keep(await startExporter({ config }));
    // Each scrape of ours asks for the status page too, which this nginx logs as well.
    const { statusRequests, ...counted } = await settle(third);
    expect(counted).toEqual({ unparsed: 0, notFound: 5, skipped: 0, pages: 55 });
    expect(statusRequests).toBeGreaterThan(0);
  });

  /** Waits until nothing more comes, and separates our own status requests (no keep-alive) from the pages. */
  async function settle(exporter: RunningExporter) {
    let exposition = await read(exporter);
    await waitUntil({
      until: 'the last requests are counted',
      async holds() {
        exposition = await read(exporter);
        return total(exposition, 'webserver_log_responses_total', { code: '404' }) >= 5;
      },
    });
    const ok = total(exposition, 'webserver_log_responses_total', { code: '200' });
    // Pages were asked for on connections of 20, 10, 10 and 15 requests; every status request is a connection's first.
    const connections = total(exposition, 'webserver_log_connections_reached_total', {
      requests: '1',
    });
    const statusRequests = connections - 5;
    return {
      statusRequests,
      unparsed: total(exposition, 'webserver_log_lines_total', { result: 'unparsed' }),
      notFound: total(exposition, 'webserver_log_responses_total', { code: '404' }),
      skipped: total(exposition, 'webserver_log_skipped_bytes_total'),
      pages: ok - statusRequests,
    };
  }

  test('clients that give up on a slow upstream are aborts, and a shortage is in the error log', async () => {
    const nginx = keep(
      await startNginx({ workerProcesses: 1, workerConnections: 32, logFormat: nginxFormat }),
    );
    const exporter = keep(
      await startExporter({
        config: `
targets:
  - name: edge
    server: nginx
    status_url: "${nginx.statusUrl}"
    access_logs: [{path: ${nginx.accessLog}, format: '${nginxFormat}'}]
    error_logs: [{path: ${nginx.errorLog}}]`,
      }),
    );
    await read(exporter);
    const givingUp = await openBusyClients({ port: nginx.port, count: 6 });
    await waitUntil({
      until: 'the upstream is asked',
      holds: () => nginx.slowUpstream.inFlight() === 6,
    });
    await givingUp.close();
    await waitUntil({
      until: 'six aborts are counted',
      holds: async () => (await read(exporter)).value('webserver_log_client_aborts_total') === 6,
    });
    for (let burst = 0; burst < 8; burst++) {
      keepOpen(await openHalfHeaderClients({ port: nginx.port, count: 20 }));
    }
    await waitUntil({
      until: 'the error log speaks for exhaustion',
      async holds() {
        const exposition = await read(exporter);
        return (
          total(exposition, 'webserver_error_log_events_total', {
            event: 'worker_connections_exhausted',
          }) > 0 &&
          total(exposition, 'webserver_exhaustion_evidence', { evidence: 'error_log' }) === 1
        );
      },
    });
  });
});

test.each(['prefork', 'worker', 'event'] as const)(
  'Apache %s: codes, connections and the shortage in the error log are counted',
  async (mpm) => {
    const apache = keep(
      await startApache({
        mpm,
        maxRequestWorkers: 4,
        threadsPerChild: 4,
        accessLogFormat: apacheFormat,
        timeout: 2,
      }),
    );
    const exporter = keep(
      await startExporter({
        config: `
targets:
  - name: shop
    server: apache
    status_url: "${apache.statusUrl}"
    sampling: {interval: 0s}
    access_logs: [{path: ${apache.accessLog}, format: '${apacheFormat}'}]
    error_logs: [{path: ${apache.errorLog}}]`,
      }),
    );
    const before = total(await read(exporter), 'webserver_log_lines_total');
    await requestsOnOneConnection({ url: `http://127.0.0.1:${apache.port}/`, count: 12 });
    const counted = await untilLines(exporter, before + 12);
    expect(total(counted, 'webserver_log_connections_reached_total', { requests: '10' })).toBe(1);
    expect(total(counted, 'webserver_log_request_duration_seconds_count')).toBeGreaterThanOrEqual(
      12,
    );
    expect(total(counted, 'webserver_log_lines_total', { result: 'unparsed' })).toBe(0);
    keepOpen(await openBusyClients({ port: apache.port, count: 8 }));
    await waitUntil({
      until: 'Apache has said that it reached MaxRequestWorkers',
      holds: async () =>
        total(
          parseExposition(await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': '1' })),
          'webserver_error_log_events_total',
          { event: 'max_request_workers' },
        ) === 1,
    });
  },
);
