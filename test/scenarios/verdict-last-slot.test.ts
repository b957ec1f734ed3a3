import { describe, test } from 'vitest';
import { openBusyClients, openKeepaliveClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { waitUntil } from '../support/wait-until.ts';
import { expectServedAndSaidSo, type WatchedTarget, watchTarget } from '../support/watch-target.ts';

const watchShop = ({ statusUrl }: { readonly statusUrl: string }): Promise<WatchedTarget> =>
  watchTarget(`{name: shop, server: apache, status_url: "${statusUrl}"}`);

describe('one slot is free, and the poll of the exporter takes it for a moment', () => {
  test.concurrent('Apache prefork with MaxRequestWorkers 1', async () => {
    const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 1 }));
    await expectServedAndSaidSo(await watchShop(apache), apache.port);
  });

  test.concurrent.each(['prefork', 'worker'] as const)(
    'Apache %s, the rest idle keep-alive',
    async (mpm) => {
      const apache = keep(await startApache({ mpm, maxRequestWorkers: 8, threadsPerChild: 4 }));
      const watched = await watchShop(apache);
      keepOpen(await openKeepaliveClients({ port: apache.port, count: 7 }));
      await expectServedAndSaidSo(watched, apache.port);
    },
  );

  test.concurrent('Apache event, the rest at work', async () => {
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
