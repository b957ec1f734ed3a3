import { describe, expect, test } from 'vitest';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { type Exposition, parseExposition } from '../support/exposition.ts';
import { openKeepaliveClients } from '../support/held-clients.ts';
import { httpGet } from '../support/http-get.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { type RealApache, startApache } from '../support/real-apache.ts';
import { waitUntil } from '../support/wait-until.ts';

async function exporterFor(apache: RealApache): Promise<RunningExporter> {
  const config = `targets: [{name: shop, server: apache, status_url: "${apache.statusUrl}", timeout: 60s}]`;
  return keep(await startExporter({ config }));
}

async function read(exporter: RunningExporter): Promise<Exposition> {
  return parseExposition(await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': '60' }));
}

/** Reads until it holds: a client has its answer a moment before its worker is marked as idle. */
async function readUntil(
  exporter: RunningExporter,
  holds: (exposition: Exposition) => boolean,
): Promise<Exposition> {
  let exposition = await read(exporter);
  await waitUntil({
    until: 'the server shows its clients as they are',
    async holds() {
      exposition = await read(exporter);
      return holds(exposition);
    },
  });
  return exposition;
}

function slots(exposition: Exposition, kind: string): Record<string, number> {
  return Object.fromEntries(
    exposition
      .samples('webserver_slots', { kind })
      .map(({ labels, value }) => [labels['state'] ?? '', value]),
  );
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);

const letters: Readonly<Record<string, string>> = {
  idle: '_',
  starting: 'S',
  reading: 'R',
  writing: 'W',
  keepalive: 'K',
  dns: 'D',
  closing: 'C',
  logging: 'L',
  graceful: 'G',
  cleanup: 'I',
  open: '.',
};

/** The scoreboard as the server prints it to somebody else, counted by our own naive means. */
async function scoreboard(apache: RealApache): Promise<Record<string, number>> {
  const { body } = await httpGet(apache.statusUrl, {});
  const board = /^Scoreboard: (.*)$/m.exec(body)?.[1] ?? '';
  return Object.fromEntries(
    Object.entries(letters).map(([state, letter]) => [state, board.split(letter).length - 1]),
  );
}

describe.each(['prefork', 'worker'] as const)('Apache %s', (mpm) => {
  const options = { mpm, maxRequestWorkers: 8, threadsPerChild: 4 };

  test.each([0, 3, 7])(
    'with %i idle keep-alive clients every state agrees with the scoreboard',
    async (count) => {
      const apache = keep(await startApache(options));
      const exporter = await exporterFor(apache);
      if (count > 0) keepOpen(await openKeepaliveClients({ port: apache.port, count }));
      const exposition = await readUntil(
        exporter,
        (last) => slots(last, 'worker')['keepalive'] === count,
      );
      const counts = slots(exposition, 'worker');
      expect(
        exposition.value('webserver_slots_limit', { kind: 'worker', source: 'scoreboard' }),
      ).toBe(8);
      expect(sum(counts)).toBe(8);
      expect(counts['writing']).toBe(1);
      const { unknown, ...named } = counts;
      expect(unknown).toBe(0);
      const server = await scoreboard(apache);
      expect(named['keepalive']).toBe(server['keepalive']);
      expect(exposition.value('webserver_keepalive_slot_occupancy_ratio')).toBe(count / 8);
      expect(exposition.value('webserver_info', { mpm, keepalive_model: 'blocking' })).toBe(1);
    },
  );

  test('full of idle keep-alive clients: the answer comes in time with response_timeout, and 1 again after', async () => {
    const apache = keep(await startApache(options));
    const healthy = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 2 }));
    const exporter = keep(
      await startExporter({
        config: `targets:
  - {name: full, server: apache, status_url: "${apache.statusUrl}", sampling: {interval: 0s}}
  - {name: healthy, server: apache, status_url: "${healthy.statusUrl}"}`,
      }),
    );
    const clients = keepOpen(await openKeepaliveClients({ port: apache.port, count: 8 }));
    let full: Exposition;
    do {
      full = parseExposition(
        await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': '2' }),
      );
      expect(full.value('webserver_up', { target: 'full' })).toBe(0);
      // On a slow machine the other one may need more than one scrape.
    } while (full.value('webserver_up', { target: 'healthy' }) !== 1);
    expect(
      full.value('webserver_scrape_result', { target: 'full', result: 'response_timeout' }),
    ).toBe(1);
    // Never answered before: nobody knows how many slots there are.
    expect(full.samples('webserver_slots', { target: 'full' })).toEqual([]);
    await clients.close();
    await readUntil(exporter, (after) => after.value('webserver_up', { target: 'full' }) === 1);
  });
});

describe('Apache prefork', () => {
  test('a scrape leaves no keep-alive slot of ours behind', async () => {
    const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 8 }));
    const exporter = await exporterFor(apache);
    await exporter.metrics();
    expect((await scoreboard(apache))['keepalive']).toBe(0);
  });

  test('a stopped server is refused', async () => {
    const apache = await startApache({ mpm: 'prefork', maxRequestWorkers: 2 });
    const exporter = await exporterFor(apache);
    await apache.stop();
    const exposition = await read(exporter);
    expect(exposition.value('webserver_up')).toBe(0);
    expect(exposition.value('webserver_scrape_result', { result: 'refused' })).toBe(1);
  });

  test('A12 the start time does not move between scrapes', async () => {
    const startedAt = Date.now() / 1000;
    const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 2 }));
    const exporter = await exporterFor(apache);
    const seen = new Set<number | undefined>();
    for (let i = 0; i < 5; i++) {
      seen.add((await read(exporter)).value('webserver_start_time_seconds'));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(seen.size).toBe(1);
    expect([...seen][0]).toBeGreaterThan(startedAt - 2);
  });
});

describe('Apache event', () => {
  test.each([0, 3, 20])(
    'with %i idle keep-alive clients workers stay free, and states sum to their limits',
    async (count) => {
      const apache = keep(
        await startApache({
          mpm: 'event',
          maxRequestWorkers: 8,
          threadsPerChild: 4,
        }),
      );
      const exporter = await exporterFor(apache);
      const clients =
        count === 0
          ? undefined
          : keepOpen(await openKeepaliveClients({ port: apache.port, count }));
      // A process too many is ended, and its idle connections with it.
      const open = () => clients?.open() ?? 0;
      // By the kernel at once: the page says 0 for up to KeepAliveTimeout.
      const exposition = await readUntil(
        exporter,
        (last) => slots(last, 'connection')['keepalive'] === open(),
      );
      const workers = slots(exposition, 'worker');
      const connections = slots(exposition, 'connection');
      expect(exposition.value('webserver_info', { mpm: 'event', keepalive_model: 'async' })).toBe(
        1,
      );
      expect(sum(workers)).toBe(exposition.value('webserver_slots_limit', { kind: 'worker' }));
      expect(sum(connections)).toBe(
        exposition.value('webserver_slots_limit', { kind: 'connection' }),
      );
      expect(workers['keepalive']).toBe(0);
      expect(exposition.value('webserver_slots_source', { source: 'kernel' })).toBe(1);
      expect(exposition.value('webserver_slots_source', { source: 'status' })).toBe(1);
      expect(exposition.value('webserver_worker_saturation_ratio')).toBeLessThan(0.5);
    },
  );
});
