import { describe, expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { openKeepaliveClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';

describe('nginx', () => {
  test.each([0, 10, 50])(
    'with %i idle keep-alive clients the states are right and sum to the limit',
    async (count) => {
      const nginx = keep(await startNginx({ workerProcesses: 2, workerConnections: 64 }));
      const exporter = keep(
        await startExporter({
          config: `targets: [{name: edge, server: nginx, status_url: "${nginx.statusUrl}", capacity: {config_file: "${nginx.configFile}"}}]`,
        }),
      );
      if (count > 0) {
        const clients = await openKeepaliveClients({ port: nginx.port, count });
        keep({ stop: () => clients.close() });
      }
      let exposition = parseExposition(await exporter.metrics());
      const statesOf = () =>
        Object.fromEntries(
          exposition
            .samples('webserver_slots')
            .map(({ labels, value }) => [labels['state'], value]),
        );
      await waitUntil({
        // A client has its answer a moment before nginx counts it as waiting.
        until: 'nginx counts every client as waiting',
        async holds() {
          exposition = parseExposition(await exporter.metrics());
          return statesOf()['keepalive'] === count;
        },
      });
      expect(
        exposition.value('webserver_slots_limit', { kind: 'connection', source: 'config_file' }),
      ).toBe(128);
      expect(statesOf()).toEqual({
        reading: 0,
        writing: 1,
        keepalive: count,
        free: 128 - count - 1,
      });
      expect(exposition.value('webserver_keepalive_slot_occupancy_ratio')).toBe(count / 128);
      expect(exposition.value('webserver_connection_occupancy_ratio')).toBe((count + 1) / 128);
      expect(exposition.value('webserver_info', { version: '1.22.1' })).toBe(1);
    },
  );

  test('a unix socket is read, two targets with two sockets stay apart', async () => {
    const first = keep(
      await startNginx({ workerProcesses: 1, workerConnections: 64, unixSocket: 'on' }),
    );
    const second = keep(
      await startNginx({ workerProcesses: 1, workerConnections: 64, unixSocket: 'on' }),
    );
    keepOpen(await openKeepaliveClients({ port: second.port, count: 5 }));
    const exporter = keep(
      await startExporter({
        config: `targets:
  - {name: first, server: nginx, status_url: "${first.unixStatusUrl}"}
  - {name: second, server: nginx, status_url: "${second.unixStatusUrl}"}`,
      }),
    );
    let exposition = parseExposition(await exporter.metrics());
    await waitUntil({
      until: 'both are read, and the clients of the second are idle',
      async holds() {
        exposition = parseExposition(await exporter.metrics());
        const keepalive = (target: string) =>
          exposition.value('webserver_slots', { target, state: 'keepalive' });
        return keepalive('first') !== undefined && keepalive('second') === 5;
      },
    });
    expect(exposition.value('webserver_slots', { target: 'first', state: 'keepalive' })).toBe(0);
  });
});
