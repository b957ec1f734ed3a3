import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startFreshVisitors } from '../support/fresh-visitors.ts';
import { openBusyClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { waitUntil } from '../support/wait-until.ts';
import { expectStarvingAndSaidSo, watchTarget } from '../support/watch-target.ts';

test('Apache event: graceful restarts with a few long requests fill the scoreboard, and visitors starve', async () => {
  const apache = keep(
    await startApache({ mpm: 'event', maxRequestWorkers: 16, threadsPerChild: 4, serverLimit: 4 }),
  );
  const watched = await watchTarget(
    `{name: shop, server: apache, status_url: "${apache.statusUrl}", error_logs: [{path: "${apache.errorLog}"}]}`,
  );
  await watched.until(0);
  const visitors = keep(startFreshVisitors({ port: apache.port }));
  const logSaysFull = async () =>
    (await readFile(apache.errorLog, 'utf8')).includes('scoreboard is full');
  // Each restart leaves the processes that have a long request, and a new process needs a place in the scoreboard.
  while (!(await logSaysFull())) {
    const before = apache.slowUpstream.inFlight();
    keepOpen(await openBusyClients({ port: apache.port, count: 3 }));
    await waitUntil({
      until:
        'the long requests are at the upstream, or the error log says that the scoreboard is full',
      holds: async () => apache.slowUpstream.inFlight() >= before + 3 || (await logSaysFull()),
    });
    await apache.graceful();
  }
  await waitUntil({ until: 'visitors starve', holds: () => visitors.lately(false) });
  expect(apache.slowUpstream.inFlight()).toBeLessThan(16);
  await expectStarvingAndSaidSo(watched, visitors);
});
