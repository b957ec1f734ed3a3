import { describe, expect, test } from 'vitest';
import { startFreshVisitors } from '../support/fresh-visitors.ts';
import { openBusyClients, openKeepaliveClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { waitUntil } from '../support/wait-until.ts';
import { compareForAWhile, type WatchedTarget, watchTarget } from '../support/watch-target.ts';

const watchShop = ({ statusUrl }: { readonly statusUrl: string }): Promise<WatchedTarget> =>
  watchTarget(`{name: shop, server: apache, status_url: "${statusUrl}"}`);

/** A visit that the busy machine delays past its second, or a scrape beside it, says nothing about the verdict. */
async function expectServedAndSaidSo(watched: WatchedTarget, port: number): Promise<void> {
  const visitors = keep(startFreshVisitors({ port }));
  await waitUntil({ until: 'visitors are served', holds: () => visitors.lately(true) });
  const compared = await compareForAWhile(watched, visitors);
  const served = compared.filter(({ truth }) => truth === 'served');
  expect(served.length).toBeGreaterThan(10);
  expect(served.filter(({ exhausted }) => exhausted !== 0)).toEqual([]);
}

describe('one slot is free, and the poll of the exporter takes it for a moment', () => {
  test('Apache prefork with MaxRequestWorkers 1', async () => {
    const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 1 }));
    await expectServedAndSaidSo(await watchShop(apache), apache.port);
  });

  test.each(['prefork', 'worker'] as const)('Apache %s, the rest idle keep-alive', async (mpm) => {
    const apache = keep(await startApache({ mpm, maxRequestWorkers: 8, threadsPerChild: 4 }));
    const watched = await watchShop(apache);
    keepOpen(await openKeepaliveClients({ port: apache.port, count: 7 }));
    await expectServedAndSaidSo(watched, apache.port);
  });

  test('Apache event, the rest at work', async () => {
    const options = { mpm: 'event', maxRequestWorkers: 8, threadsPerChild: 8 } as const;
    const apache = keep(await startApache(options));
    const watched = await watchShop(apache);
    keepOpen(await openBusyClients({ port: apache.port, count: 7 }));
    await waitUntil({
      until: 'seven workers are at work',
      holds: () => apache.slowUpstream.inFlight() === 7,
    });
    await expectServedAndSaidSo(watched, apache.port);
  });
});
