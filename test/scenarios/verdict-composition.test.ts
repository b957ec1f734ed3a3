import { describe, expect, test } from 'vitest';
import type { Exposition } from '../support/exposition.ts';
import { startFreshVisitors } from '../support/fresh-visitors.ts';
import {
  type HeldClients,
  openBusyClients,
  openHalfHeaderClients,
  openKeepaliveClients,
} from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import type { SlowUpstream } from '../support/slow-upstream.ts';
import { acceptQueueOf } from '../support/tcp-table.ts';
import { waitUntil } from '../support/wait-until.ts';
import { expectStarvingAndSaidSo, watchTarget } from '../support/watch-target.ts';

interface Flooded {
  readonly port: number;
  readonly target: string;
  /** Fills the server; resolves when every client that can get in is in. */
  fill(): Promise<Held>;
  /** For a server that may have a place left all the same. */
  takeLastPlaces?(held: Held): Promise<void>;
}

/** The clients that hold the server, by what they do. */
interface Held {
  readonly idle: HeldClients;
  readonly halfHeaders: HeldClients[];
  readonly slow: SlowUpstream;
}

/** The connections the clients still have, by their own count. */
const openOf = (clients: readonly HeldClients[]) =>
  clients.reduce((sum, held) => sum + held.open(), 0);

const server = {
  maxRequestWorkers: 12,
  threadsPerChild: 6,
  // mod_reqtimeout would end half a header after 20 seconds, and the server would no longer be full.
  extraConfig: 'RequestReadTimeout header=0 body=0',
};

async function fillApache(
  { port, slowUpstream }: { readonly port: number; readonly slowUpstream: SlowUpstream },
  counts: { readonly idle: number; readonly half: number; readonly slow: number },
): Promise<Held> {
  const idle = keepOpen(await openKeepaliveClients({ port, count: counts.idle }));
  const half = keepOpen(await openHalfHeaderClients({ port, count: counts.half }));
  keepOpen(await openBusyClients({ port, count: counts.slow }));
  // The accept queue is served in order: these came last, so the half headers are in, too. The queue itself says less:
  // once the server is full, a poll of the exporter may stand in it for ever, given up long ago.
  await waitUntil({
    until: 'the slow requests are at the upstream',
    holds: () => slowUpstream.inFlight() === counts.slow,
  });
  // These find no worker any more.
  keepOpen(await openKeepaliveClients({ port, count: 3, answered: 0 }));
  return { idle, halfHeaders: [half], slow: slowUpstream };
}

async function blockingApache(mpm: 'prefork' | 'worker'): Promise<Flooded> {
  const apache = keep(await startApache({ mpm, ...server }));
  return {
    port: apache.port,
    target: `{name: shop, server: apache, status_url: "${apache.statusUrl}"}`,
    fill: () => fillApache(apache, { idle: 5, half: 3, slow: 4 }),
  };
}

async function eventApache(): Promise<Flooded> {
  const apache = keep(await startApache({ mpm: 'event', ...server, threadsPerChild: 12 }));
  return {
    port: apache.port,
    target: `{name: shop, server: apache, status_url: "${apache.statusUrl}"}`,
    // Idle connections take no worker; a process closes them once all of its workers are busy.
    fill: () => fillApache(apache, { idle: 2, half: 5, slow: 7 }),
  };
}

async function smallNginx(): Promise<Flooded> {
  const nginx = keep(await startNginx({ workerProcesses: 1, workerConnections: 32 }));
  const { port, slowUpstream } = nginx;
  const fill = async (): Promise<Held> => {
    keepOpen(await openBusyClients({ port, count: 4 }));
    await waitUntil({
      until: 'the slow requests are at the upstream',
      holds: () => slowUpstream.inFlight() === 4,
    });
    const idle = keepOpen(await openKeepaliveClients({ port, count: 5 }));
    return { idle, halfHeaders: [], slow: slowUpstream };
  };
  return {
    port,
    target: `{name: edge, server: nginx, status_url: "${nginx.statusUrl}", capacity: {config_file: "${nginx.configFile}"}}`,
    fill,
    // nginx gives up connections that have not sent a byte yet, so one burst leaves places: the next ones take them.
    async takeLastPlaces({ halfHeaders }) {
      halfHeaders.push(keepOpen(await openHalfHeaderClients({ port, count: 20 })));
    },
  };
}

/** Of each kind of slot, what is missing between the sum of the states and the limit: nothing. */
function missingSlots(exposition: Exposition): readonly number[] {
  const kinds = new Set(
    exposition.samples('webserver_slots').map(({ labels }) => labels['kind'] ?? ''),
  );
  return [...kinds].map(
    (kind) =>
      (exposition.value('webserver_slots_limit', { kind }) ?? Number.NaN) -
      exposition.sum('webserver_slots', { kind }),
  );
}

const connections = (exposition: Exposition, activity: string) =>
  exposition.sum('webserver_connections', { activity });

describe('a flood without an observation lane: who holds the slots is told by the kernel', () => {
  test.concurrent.each([
    { name: 'Apache prefork', start: () => blockingApache('prefork') },
    { name: 'Apache worker', start: () => blockingApache('worker') },
    { name: 'Apache event', start: eventApache },
    { name: 'nginx', start: smallNginx },
  ])('$name', async ({ start }) => {
    const flooded = await start();
    const watched = await watchTarget(flooded.target);
    await watched.until(0);
    const held = await flooded.fill();
    const { idle, halfHeaders, slow } = held;
    const visitors = keep(startFreshVisitors({ port: flooded.port }));
    await waitUntil({
      until: 'visitors starve',
      async holds() {
        if (visitors.lately(false)) return true;
        await flooded.takeLastPlaces?.(held);
        return false;
      },
    });
    await expectStarvingAndSaidSo(watched, visitors);

    const queuedBefore = acceptQueueOf(flooded.port);
    const full = await watched.read();
    const queuedAfter = acceptQueueOf(flooded.port);
    expect(full.value('webserver_exhausted')).toBe(1);
    const missing = missingSlots(full);
    expect(missing).toEqual(missing.map(() => 0));
    expect(missing.length).toBeGreaterThan(0);
    expect(full.sum('webserver_slots', { state: 'keepalive' })).toBe(idle.open());
    expect(connections(full, 'idle')).toBe(idle.open());
    expect(connections(full, 'active')).toBe(openOf(halfHeaders) + slow.inFlight());
    expect(connections(full, 'queued')).toBeGreaterThanOrEqual(queuedBefore);
    expect(connections(full, 'queued')).toBeLessThanOrEqual(queuedAfter);
    expect(full.value('webserver_slots_source', { source: 'kernel' })).toBe(1);
    expect(full.value('webserver_slots_source', { source: 'status' })).toBe(0);
    expect(full.value('webserver_worker_saturation_ratio')).toBe(1);
    // What joins by the server's kind finds it now, too.
    expect(full.sum('webserver_info')).toBe(1);
  });
});

test.concurrent('Apache event with a worker idle, and more connections than AsyncRequestWorkerFactor allows: exhausted', async () => {
  const apache = keep(await startApache({ mpm: 'event', ...server, threadsPerChild: 12 }));
  const { port, slowUpstream, statusUrl } = apache;
  const watched = await watchTarget(`{name: shop, server: apache, status_url: "${statusUrl}"}`);
  await watched.until(0);
  // A process accepts no more than ThreadsPerChild + idle workers * factor connections, idle ones among them
  // (connections_above_limit() in server/mpm/event/event.c): 16 are more than 12 + 1 * 2.
  const idle = keepOpen(await openKeepaliveClients({ port, count: 5 }));
  keepOpen(await openHalfHeaderClients({ port, count: 5 }));
  keepOpen(await openBusyClients({ port, count: 6 }));
  await waitUntil({
    until: 'six slow requests are at the upstream',
    holds: () => slowUpstream.inFlight() === 6,
  });
  const visitors = keep(startFreshVisitors({ port }));
  await waitUntil({ until: 'visitors starve', holds: () => visitors.lately(false) });
  await expectStarvingAndSaidSo(watched, visitors);
  const full = await watched.read();
  expect(connections(full, 'idle')).toBe(idle.open());
  expect(idle.open()).toBe(5);
});
