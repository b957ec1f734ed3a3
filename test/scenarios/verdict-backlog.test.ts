import { expect, test } from 'vitest';
import { startFreshVisitors } from '../support/fresh-visitors.ts';
import { openKeepaliveClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  evidenceOf,
  resultOf,
  scrapeBeside,
  verdictsOf,
  watchTarget,
} from '../support/watch-target.ts';

test.concurrent.each([
  { mpm: 'prefork', backlog: 4 },
  { mpm: 'worker', backlog: 30 },
] as const)(
  'Apache $mpm with ListenBackLog $backlog: once the queue is full nobody can even connect, and that is exhausted',
  async ({ mpm, backlog }) => {
    const apache = keep(
      await startApache({
        mpm,
        maxRequestWorkers: 8,
        threadsPerChild: 4,
        extraConfig: `ListenBackLog ${backlog}`,
      }),
    );
    const watched = await watchTarget(
      `{name: shop, server: apache, status_url: "${apache.statusUrl}"}`,
    );
    await watched.until(0);
    keepOpen(await openKeepaliveClients({ port: apache.port, count: 8 + backlog, answered: 8 }));
    const visitors = keep(startFreshVisitors({ port: apache.port }));
    await waitUntil({ until: 'visitors starve', holds: () => visitors.lately(false) });
    const scrapes = await scrapeBeside('starving', { watched, visitors });
    await visitors.stop();
    expect(verdictsOf(scrapes)).toEqual([1]);
    const limits = scrapes.map(({ exposition }) =>
      exposition.value('webserver_accept_queue_limit'),
    );
    expect(new Set(limits)).toEqual(new Set([backlog]));
    const last = scrapes.at(-1)?.exposition;
    if (last === undefined) throw new Error('there was no scrape');
    expect(evidenceOf(last)).toContain('accept_queue');
    expect(resultOf(last)).toBe('connect_timeout');
  },
);
