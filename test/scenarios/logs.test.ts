import { describe, expect, test } from 'vitest';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { type Exposition, parseExposition } from '../support/exposition.ts';
import { openBusyClients, openHalfHeaderClients } from '../support/held-clients.ts';
import { httpGet } from '../support/http-get.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';
import { waitUntil } from '../support/wait-until.ts';

const nginxFormat =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent $connection_requests $request_time "$upstream_response_time"';
const apacheFormat = '%h %l %u %t "%r" %>s %O %D %k %X';

const read = async (exporter: RunningExporter) => parseExposition(await exporter.metrics());

async function untilLines(exporter: RunningExporter, count: number): Promise<Exposition> {
  let last = await read(exporter);
  await waitUntil({
    until: `${count} lines are counted`,
    async holds() {
      last = await read(exporter);
      return last.sum('webserver_log_lines_total') >= count;
    },
  });
  return last;
}

describe('nginx', () => {
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
    const first = await read(exporter);
    expect(first.value('webserver_log_responses_by_class_total', { class: '5xx' })).toBe(0);
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
    await waitUntil({
      until: 'the error log speaks for exhaustion',
      async holds() {
        // nginx gives up connections that have not sent a byte yet: how many it takes to fill it depends on the machine.
        keepOpen(await openHalfHeaderClients({ port: nginx.port, count: 20 }));
        const exposition = await read(exporter);
        return (
          exposition.sum('webserver_error_log_events_total', {
            event: 'worker_connections_exhausted',
          }) > 0 && exposition.sum('webserver_exhaustion_evidence', { evidence: 'error_log' }) === 1
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
    const before = (await read(exporter)).sum('webserver_log_lines_total');
    await requestsOnOneConnection({ url: `http://127.0.0.1:${apache.port}/`, count: 12 });
    const counted = await untilLines(exporter, before + 12);
    expect(counted.sum('webserver_log_connections_reached_total', { requests: '10' })).toBe(1);
    expect(counted.sum('webserver_log_request_duration_seconds_count')).toBeGreaterThanOrEqual(12);
    expect(counted.value('webserver_log_lines_total', { result: 'unparsed' })).toBe(0);
    keepOpen(await openBusyClients({ port: apache.port, count: 8 }));
    await waitUntil({
      until: 'Apache has said that it reached MaxRequestWorkers',
      holds: async () =>
        parseExposition(await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': '1' })).sum(
          'webserver_error_log_events_total',
          { event: 'max_request_workers' },
        ) === 1,
    });
  },
);

test('Apache logs our polls of its status page; they are counted apart, a visitor with our name is not', async () => {
  const format = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"';
  const apache = keep(
    await startApache({ mpm: 'event', maxRequestWorkers: 8, accessLogFormat: format }),
  );
  const exporter = keep(
    await startExporter({
      config: `
targets:
  - name: shop
    server: apache
    status_url: "${apache.statusUrl}"
    sampling: {interval: 0s}
    access_logs: [{path: ${apache.accessLog}, format: debian_combined}]`,
    }),
  );
  const before = (await read(exporter)).sum('webserver_log_responses_total');
  await httpGet(`http://127.0.0.1:${apache.port}/`, {
    headers: { 'user-agent': 'keepalive-exporter/1.2.3' },
  });
  let counted = await read(exporter);
  await waitUntil({
    until: 'two polls and the visitor are counted',
    async holds() {
      counted = await read(exporter);
      const polls = counted.value('webserver_log_own_requests_total') ?? 0;
      return polls >= 2 && counted.sum('webserver_log_responses_total') > before;
    },
  });
  expect(counted.sum('webserver_log_responses_total')).toBe(before + 1);
  expect(counted.sum('webserver_log_bad_fields_total')).toBe(0);
});
