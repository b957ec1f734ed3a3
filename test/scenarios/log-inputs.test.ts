import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { requireBinary } from '../support/find-binary.ts';
import { findFreePort } from '../support/free-port.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';
import { waitUntil } from '../support/wait-until.ts';

const format = '"$request" $status $connection_requests';

test('C2 nginx sends its access log over UDP: received and dropped make what was sent', async () => {
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  // First of all: nginx loses the line after one that nobody was there to receive.
  const exporter = keep(
    await startExporter({
      config: `targets: [{name: edge, server: nginx, status_url: "http://127.0.0.1:${await findFreePort()}/", access_logs: [{syslog: "127.0.0.1:${port}", format: '${format}'}]}]`,
    }),
  );
  const nginx = keep(
    await startNginx({
      workerProcesses: 1,
      workerConnections: 64,
      logFormat: format,
      extraServer: `access_log syslog:server=127.0.0.1:${port},tag=web scenario;`,
    }),
  );
  await requestsOnOneConnection({ url: `http://127.0.0.1:${nginx.port}/`, count: 50 });
  await waitUntil({
    until: 'all lines have come',
    async holds() {
      const exposition = parseExposition(await exporter.metrics());
      const parsed = exposition.value('webserver_log_lines_total', { result: 'parsed' }) ?? 0;
      const dropped = exposition.value('webserver_log_dropped_datagrams_total') ?? 0;
      return parsed >= 50 && dropped === 0;
    },
  });
  const exposition = parseExposition(await exporter.metrics());
  expect(exposition.value('webserver_log_lines_total', { result: 'unparsed' })).toBe(0);
  expect(exposition.value('webserver_log_connections_reached_total', { requests: '50' })).toBe(1);
});

test('a log format is read by its name from nginx’s own configuration', async () => {
  const nginx = keep(
    await startNginx({ workerProcesses: 1, workerConnections: 64, logFormat: format }),
  );
  const exporter = keep(
    await startExporter({
      config: `targets: [{name: edge, server: nginx, status_url: "${nginx.statusUrl}", access_logs: [{path: ${nginx.accessLog}, format: scenario, format_file: ${nginx.configFile}}]}]\nlogs: {start: beginning}`,
    }),
  );
  await requestsOnOneConnection({ url: `http://127.0.0.1:${nginx.port}/`, count: 5 });
  await waitUntil({
    until: 'the requests are counted',
    holds: async () =>
      (parseExposition(await exporter.metrics()).value('webserver_log_connections_reached_total', {
        requests: '5',
      }) ?? 0) === 1,
  });
});

test('Apache pipes its log through a forwarder into a named pipe, and is restarted meanwhile', async () => {
  const directory = await keepTempDirectory('pipe');
  const pipe = join(directory, 'access.fifo');
  execFileSync(requireBinary('mkfifo'), ['-m', '666', pipe]);
  const apacheFormat = '"%r" %>s %k';
  const exporter = keep(
    await startExporter({
      config: `
targets:
  - name: shop
    server: apache
    status_url: "http://127.0.0.1:1/"
    access_logs:
      - {pipe: ${pipe}, format: '${apacheFormat}'}
      - {path: ${pipe}, format: combined}
      - {pipe: ${directory}, format: combined}`,
    }),
  );
  const apache = keep(
    await startApache({
      mpm: 'event',
      maxRequestWorkers: 8,
      threadsPerChild: 4,
      accessLogFormat: apacheFormat,
      extraConfig: `CustomLog "|$exec cat > ${pipe}" scenario`,
    }),
  );
  const reached = async (requests: number) =>
    parseExposition(await exporter.metrics()).value('webserver_log_connections_reached_total', {
      requests: String(requests),
    });
  const url = `http://127.0.0.1:${apache.port}/`;
  await requestsOnOneConnection({ url, count: 20 });
  await waitUntil({ until: 'the lines have come', holds: async () => (await reached(20)) === 1 });
  await apache.restart();
  await requestsOnOneConnection({ url, count: 20 });
  await waitUntil({ until: 'the next have come', holds: async () => (await reached(20)) === 2 });
  expect(exporter.output()).toContain(`${pipe}\\" is a named pipe; write \\"pipe:\\"`);
  expect(exporter.output()).toContain(`${directory}\\" is not a named pipe; make one: mkfifo`);
});
