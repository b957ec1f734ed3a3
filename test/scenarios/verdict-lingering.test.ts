import { test } from 'vitest';
import { startFreshVisitors } from '../support/fresh-visitors.ts';
import { openLingeringClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { waitUntil } from '../support/wait-until.ts';
import { expectStarvingAndSaidSo, watchTarget } from '../support/watch-target.ts';

test('Apache prefork: visitors that do not close after the last answer hold every worker', async () => {
  const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 8 }));
  const watched = await watchTarget(
    `{name: shop, server: apache, status_url: "${apache.statusUrl}"}`,
  );
  await watched.until(0);
  const clients = keepOpen(await openLingeringClients({ port: apache.port, count: 8 }));
  await waitUntil({ until: 'all are answered', holds: () => clients.answered() === 8 });
  const visitors = keep(startFreshVisitors({ port: apache.port }));
  await waitUntil({ until: 'visitors starve', holds: () => visitors.lately(false) });
  await expectStarvingAndSaidSo(watched, visitors);
});
