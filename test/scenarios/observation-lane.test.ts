import { describe, expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { openKeepaliveClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startApache } from '../support/real-apache.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.concurrent.each(['prefork', 'worker'] as const)(
  'the observation lane on Apache %s',
  (mpm) => {
    async function start(apacheOptions: object = {}, interval = '200ms') {
      const apache = keep(
        await startApache({ mpm, maxRequestWorkers: 8, threadsPerChild: 4, ...apacheOptions }),
      );
      const exporter = keep(
        await startExporter({
          config: `targets: [{name: shop, server: apache, status_url: "${apache.statusUrl}", timeout: 60s, sampling: {interval: ${interval}, observation_lane: true}}]`,
        }),
      );
      const read = async () => parseExposition(await exporter.metrics());
      await waitUntil({
        until: 'the lane stands',
        holds: async () => (await read()).value('keepalive_exporter_lane_up') === 1,
      });
      return { apache, exporter, read };
    }

    test('reads the full server: every visitor slot is seen, and no slot more than one is ours', async () => {
      const { apache, read } = await start();
      keepOpen(await openKeepaliveClients({ port: apache.port, count: 12, answered: 7 }));
      let full = await read();
      await waitUntil({
        // A client has its answer a moment before its worker is marked as idle.
        until: 'the server is full of idle clients',
        async holds() {
          full = await read();
          return (
            full.value('webserver_worker_saturation_ratio') === 1 &&
            full.value('webserver_slots', { state: 'keepalive' }) === 7
          );
        },
      });
      expect(full.value('webserver_up')).toBe(1);
      expect(full.value('keepalive_exporter_lane_up')).toBe(1);
      expect(full.value('webserver_slots', { state: 'writing' })).toBe(1);
      expect(full.value('webserver_visitor_slots')).toBe(7);
    });

    test('is renewed before MaxKeepAliveRequests ends it, and opened anew after a restart', async () => {
      const { apache, read } = await start({ maxKeepAliveRequests: 20 }, '100ms');
      const requests = async () => (await read()).value('keepalive_exporter_samples_total') ?? 0;
      const before = await requests();
      await waitUntil({
        until: 'the lane has been asked thrice as often as one connection allows',
        withinMs: 240_000,
        holds: async () => (await requests()) > before + 60,
      });
      const failures = (await read()).samples('webserver_scrape_failures_total');
      expect(failures.filter(({ value }) => value > 0)).toEqual([]);
      await apache.graceful();
      await waitUntil({
        until: 'the lane stands after the restart',
        holds: async () => (await read()).value('keepalive_exporter_lane_up') === 1,
      });
      expect((await read()).value('webserver_config_generation')).toBe(2);
    });
  },
);
