import { describe, expect, test } from 'vitest';
import { findFreePort } from '../support/free-port.ts';
import { startFreshVisitors } from '../support/fresh-visitors.ts';
import { openKeepaliveClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { waitUntil } from '../support/wait-until.ts';
import { compareForAWhile, starvingAndSaidSo, watchTarget } from '../support/watch-target.ts';

describe('visitors on another port than the status page, which the configuration does not name', () => {
  test.each(['prefork', 'worker'] as const)(
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
      expect(await compareForAWhile(watched, visitors)).toEqual(starvingAndSaidSo);
    },
  );
});
