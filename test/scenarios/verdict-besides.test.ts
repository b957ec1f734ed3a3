import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { findFreePort } from '../support/free-port.ts';
import { startFreshVisitors } from '../support/fresh-visitors.ts';
import { openKeepaliveClients } from '../support/held-clients.ts';
import { atEnd, keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';
import { watchTarget } from '../support/watch-target.ts';

interface Signalled {
  signal(signal: NodeJS.Signals, scope: 'all'): void;
}

function freeze(server: Signalled): void {
  server.signal('SIGSTOP', 'all');
  atEnd(() => server.signal('SIGCONT', 'all'));
}

/** Asks for /metrics and gives up after that time, as a Prometheus that is reloaded does. */
async function scrapeAndAbort(url: string, afterMs: number): Promise<void> {
  const sent = request(`${url}/metrics`, { agent: false });
  const ended = new Promise<void>((resolve) => sent.once('close', () => resolve()));
  sent.on('error', () => undefined);
  sent.end();
  await sleep(afterMs);
  sent.destroy();
  await ended;
}

describe('a server that hangs is not full', () => {
  test.concurrent('nginx through /probe', async () => {
    const nginx = keep(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
    const exporter = keep(
      await startExporter({
        config: `
probe:
  allow: [{cidr: 127.0.0.0/8, ports: [${nginx.port}]}]
  modules:
    nginx: {server: nginx, path: /stub_status}`,
      }),
    );
    const probe = async () =>
      parseExposition(
        (
          await exporter.get(`/probe?target=127.0.0.1:${nginx.port}&module=nginx`, {
            'x-prometheus-scrape-timeout-seconds': '1.5',
          })
        ).body,
      );
    expect((await probe()).value('webserver_exhausted')).toBe(0);
    freeze(nginx);
    const hung = await probe();
    expect(hung.value('probe_success')).toBe(0);
    expect(hung.value('webserver_exhausted')).not.toBe(1);
  });

  test.concurrent('visitors whom nobody answers are told of, where it cannot be seen why', async () => {
    const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 4 }));
    const watched = await watchTarget(
      `{name: shop, server: apache, status_url: "${apache.statusUrl}", listen: [${apache.port}]}`,
    );
    const before = await watched.until(0);
    expect(before.value('webserver_visitors_unanswered')).toBe(0);
    freeze(apache);
    const visitors = keep(startFreshVisitors({ port: apache.port }));
    await waitUntil({ until: 'visitors starve', holds: () => visitors.lately(false) });
    const scrapes = await watched.scrapeOften(5);
    expect(
      scrapes.map(({ exposition }) => exposition.value('webserver_visitors_unanswered')),
    ).toEqual([1, 1, 1, 1, 1]);
    expect(
      scrapes.filter(({ exposition }) => exposition.value('webserver_exhausted') === 1),
    ).toEqual([]);
  });
});

describe('a scrape that its client cuts short says nothing about the server', () => {
  const unsampled = ', sampling: {interval: 0s}';

  test.concurrent('failures stay untouched while the server is slow', async () => {
    const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 4 }));
    const watched = await watchTarget(
      `{name: shop, server: apache, status_url: "${apache.statusUrl}", timeout: 60s${unsampled}}`,
    );
    expect((await watched.read('60')).value('webserver_exhausted')).toBe(0);
    apache.signal('SIGSTOP', 'all');
    await scrapeAndAbort(watched.exporter.url, 100);
    await watched.read('0.1');
    await scrapeAndAbort(watched.exporter.url, 100);
    apache.signal('SIGCONT', 'all');
    const after = await watched.read('60');
    expect(after.sum('webserver_scrape_failures_total')).toBe(0);
    expect(after.value('webserver_up')).toBe(1);
    expect(after.value('webserver_exhausted')).toBe(0);
  });

  test.concurrent('the verdict stays while the server is full', async () => {
    const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 4 }));
    const watched = await watchTarget(
      `{name: shop, server: apache, status_url: "${apache.statusUrl}"${unsampled}}`,
    );
    await watched.until(0);
    keepOpen(await openKeepaliveClients({ port: apache.port, count: 6, answered: 4 }));
    const full = await watched.until(1);
    const short = await watched.read('0.02');
    expect(short.value('webserver_exhausted')).toBe(1);
    expect(short.sum('webserver_scrape_failures_total')).toBe(
      full.sum('webserver_scrape_failures_total'),
    );
  });
});

test.concurrent('two servers on one port with different addresses are kept apart', async () => {
  const port = await findFreePort();
  const options = { mpm: 'prefork', maxRequestWorkers: 4 } as const;
  const full = keep(await startApache({ ...options, listen: { host: '127.0.0.1', port } }));
  const calm = keep(await startApache({ ...options, listen: { host: '127.0.0.2', port } }));
  const exporter = keep(
    await startExporter({
      config: `targets:
  - {name: full, server: apache, status_url: "${full.statusUrl}"}
  - {name: calm, server: apache, status_url: "${calm.statusUrl}"}`,
    }),
  );
  keepOpen(await openKeepaliveClients({ port, count: 1, host: '127.0.0.2' }));
  keepOpen(await openKeepaliveClients({ port, count: 9, answered: 4 }));
  const headers = { 'x-prometheus-scrape-timeout-seconds': '2' };
  let last = parseExposition(await exporter.metrics(headers));
  const idle = (target: string) => last.sum('webserver_connections', { target, activity: 'idle' });
  await waitUntil({
    until: 'the full one is exhausted, the other is read, and all clients are idle',
    async holds() {
      last = parseExposition(await exporter.metrics(headers));
      return (
        last.value('webserver_exhausted', { target: 'full' }) === 1 &&
        last.value('webserver_up', { target: 'calm' }) === 1 &&
        idle('full') === 4 &&
        idle('calm') === 1
      );
    },
  });
  expect(last.value('webserver_exhausted', { target: 'calm' })).toBe(0);
  expect(last.sum('webserver_accept_queue_length', { target: 'calm' })).toBe(0);
  expect(last.sum('webserver_accept_queue_length', { target: 'full' })).toBeGreaterThanOrEqual(5);
});

test.concurrent('the exporter is not among the clients that hold slots', async () => {
  const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 8 }));
  const watched = await watchTarget(
    `{name: shop, server: apache, status_url: "${apache.statusUrl}", slot_table: {interval: 100ms}}`,
  );
  let alone = await watched.until(0);
  await waitUntil({
    // The request that found Apache ready may still be in the first table. The exporter is in each table that it reads.
    until: 'the table of slots is shown, without clients',
    async holds() {
      alone = await watched.read();
      return alone.value('webserver_slot_clients') === 0;
    },
  });
  keepOpen(await openKeepaliveClients({ port: apache.port, count: 3, localAddress: '127.0.0.7' }));
  keepOpen(await openKeepaliveClients({ port: apache.port, count: 1, localAddress: '127.0.0.8' }));
  let visited = alone;
  await waitUntil({
    // A scrape shows the table that was read last, and kernel figures of up to a second ago.
    until: 'the clients are shown',
    async holds() {
      visited = await watched.read();
      return (
        visited.value('webserver_slot_clients') === 2 &&
        visited.value('webserver_connection_clients') === 2
      );
    },
  });
  expect(visited.value('webserver_slot_top_client_slots')).toBe(3);
  expect(visited.value('webserver_connection_top_client_connections')).toBe(3);
});
