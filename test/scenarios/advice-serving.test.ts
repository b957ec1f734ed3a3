import { readFile } from 'node:fs/promises';
import { test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';
import { runCli } from '../support/run-cli.ts';
import { waitUntil } from '../support/wait-until.ts';

const nginxFormat =
  '$remote_addr $msec "$request" $status $request_time $connection $connection_requests "$http_user_agent"';
const apacheFormat = '%{c}a %{remote}p %{end:msec}t "%r" %>s %D %k %X "%{User-Agent}i"';

const cases = [
  [
    'nginx',
    () => startNginx({ workerProcesses: 1, workerConnections: 64, logFormat: nginxFormat }),
  ],
  [
    'apache',
    () => startApache({ mpm: 'prefork', maxRequestWorkers: 8, accessLogFormat: apacheFormat }),
  ],
] as const;

// Each waits for its exporter most of the time.
test.concurrent.for(cases)(
  'the exporter follows the connections of %s, and advises',
  async ([kind, start], { expect, onTestFinished }) => {
    const server = await start();
    onTestFinished(() => server.stop());
    const format = kind === 'nginx' ? nginxFormat : apacheFormat;
    const target = {
      name: 'shop',
      server: kind,
      status_url: server.statusUrl,
      capacity: { keepalive_timeout: '120s' },
      access_logs: [{ path: server.accessLog, format }],
    };
    const exporter = await startExporter({ config: JSON.stringify({ targets: [target] }) });
    onTestFinished(() => exporter.stop());
    await waitUntil({
      until: 'polls of the exporter are in the log too, and are no visitors',
      holds: async () => (await readFile(server.accessLog, 'utf8')).includes('keepalive-exporter'),
    });
    for (let i = 0; i < 3; i++) {
      await requestsOnOneConnection({ url: `${server.url}/index.html`, count: 5 });
    }
    const count = 'webserver_log_keepalive_gap_seconds_count';
    const read = async () => parseExposition(await exporter.metrics());
    await waitUntil({
      until: '3 x 4 gaps are counted',
      holds: async () => (await read()).value(count, { target: 'shop' }) === 12,
    });
    const metrics = await exporter.metrics();
    const timeout = 'webserver_keepalive_timeout_seconds';
    expect(parseExposition(metrics).value(timeout, { source: 'config' })).toBe(120);

    const ask = () => runCli(['advise', `--exporter.url=${exporter.url}`]);
    await waitUntil({
      until: 'the advice is worked out anew',
      holds: async () => (await ask()).stdout.includes('only 3 of the 200 connections'),
    });
    const asked = await ask();
    expect(asked.stderr).toBe('');
    expect(asked.stdout).toMatch(/^shop\n----\nNo advice: only /);
    expect(asked.code).toBe(1);
  },
);
