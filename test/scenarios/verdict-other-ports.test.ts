import { describe, expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { findFreePort } from '../support/free-port.ts';
import { startFreshVisitors } from '../support/fresh-visitors.ts';
import { openKeepaliveClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { waitUntil } from '../support/wait-until.ts';
import { expectStarvingAndSaidSo, watchTarget } from '../support/watch-target.ts';

describe('visitors on another port than the status page, which the configuration does not name', () => {
  test.concurrent.each(['prefork', 'worker'] as const)(
    'Apache %s: full through the other port is exhausted',
    async (mpm) => {
      const visitorPort = await findFreePort();
      const apache = keep(
        await startApache({
          mpm,
          maxRequestWorkers: 8,
          threadsPerChild: 4,
          extraConfig: `Listen 127.0.0.1:${visitorPort}`,
        }),
      );
      const watched = await watchTarget(
        `{name: shop, server: apache, status_url: "${apache.statusUrl}"}`,
      );
      await watched.until(0);
      keepOpen(await openKeepaliveClients({ port: visitorPort, count: 12, answered: 8 }));
      const visitors = keep(startFreshVisitors({ port: visitorPort }));
      await waitUntil({ until: 'visitors starve', holds: () => visitors.lately(false) });
      await expectStarvingAndSaidSo(watched, visitors);
    },
  );
});

test.concurrent('Apache whose processes may not be looked into: the ports are those of its configuration file', async () => {
  const visitorPort = await findFreePort();
  const apache = keep(
    await startApache({
      mpm: 'prefork',
      maxRequestWorkers: 8,
      extraConfig: `<IfModule mpm_prefork_module>\nListen 127.0.0.1:${visitorPort}\n</IfModule>`,
    }),
  );
  const exporter = keep(
    await startExporter({
      asNobody: true,
      config: `targets: [{name: shop, server: apache, status_url: "${apache.statusUrl}", capacity: {config_file: "${apache.configFile}"}}]`,
    }),
  );
  parseExposition(await exporter.metrics());
  const clients = keepOpen(
    await openKeepaliveClients({ port: visitorPort, count: 12, answered: 8 }),
  );
  await waitUntil({
    until: 'the kernel tells who holds the slots, on the port that only the file names',
    async holds() {
      const full = parseExposition(await exporter.metrics());
      return (
        full.value('webserver_exhausted') === 1 &&
        full.value('webserver_slots', { state: 'keepalive' }) === clients.open() - 4 &&
        full.value('webserver_accept_queue_length', { listen: String(visitorPort) }) === 4
      );
    },
  });
  expect(exporter.output()).toContain('configuration file');
});

test.concurrent('Apache with visitors on another address of the status page’s port', async () => {
  const port = await findFreePort();
  const apache = keep(
    await startApache({
      mpm: 'prefork',
      maxRequestWorkers: 8,
      listen: { host: '127.0.0.1', port },
      extraConfig: `Listen 127.0.0.2:${port}`,
    }),
  );
  const watched = await watchTarget(
    `{name: shop, server: apache, status_url: "${apache.statusUrl}"}`,
  );
  await watched.until(0);
  keepOpen(await openKeepaliveClients({ host: '127.0.0.2', port, count: 12, answered: 8 }));
  const visitors = keep(startFreshVisitors({ host: '127.0.0.2', port }));
  await waitUntil({ until: 'visitors starve', holds: () => visitors.lately(false) });
  await expectStarvingAndSaidSo(watched, visitors);
});
