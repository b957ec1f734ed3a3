import { expect, test } from 'vitest';
import { buildKernelReader } from '../../src/io/read-kernel.ts';
import { createProcessReader } from '../../src/io/read-processes.ts';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { openKeepaliveClients } from '../support/held-clients.ts';
import { keep, keepOpen } from '../support/keep.ts';
import { listProcessGroup } from '../support/process-group.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';

test('memory and descriptors of the server, and what idle clients pin of it; who holds slots', async () => {
  const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 8 }));
  const exporter = keep(
    await startExporter({
      config: `targets: [{name: shop, server: apache, status_url: "${apache.statusUrl}", processes: {pid_file: ${apache.pidFile}}, slot_table: {interval: 1s, mask_clients: true}}]`,
    }),
  );
  keepOpen(await openKeepaliveClients({ port: apache.port, count: 4 }));
  let exposition = parseExposition(await exporter.metrics());
  await waitUntil({
    // What takes a slow machine long to read is in a later scrape.
    until: 'the table of slots has been read since the clients came, and the processes too',
    async holds() {
      exposition = parseExposition(await exporter.metrics());
      return (
        (exposition.value('webserver_slot_top_client_slots') ?? 0) >= 4 &&
        (exposition.value('webserver_keepalive_idle_memory_bytes') ?? 0) > 0
      );
    },
  });
  const resident = exposition.value('webserver_process_resident_memory_bytes') ?? 0;
  const pinned = exposition.value('webserver_keepalive_idle_memory_bytes') ?? 0;
  expect(resident).toBeGreaterThan(1e6);
  expect(pinned).toBeLessThan(resident);
  expect(exposition.value('webserver_max_fds')).toBeGreaterThan(
    exposition.value('webserver_open_fds') ?? 0,
  );
  expect(exposition.value('webserver_slot_clients')).toBe(1);
  const page = await exporter.get('/');
  expect(page.body).toContain('127.0.0.x');
  expect(page.body).not.toContain('<th scope="row">127.0.0.1</th>');
});

test('the processes are found by PID file, by listening socket and by command line alike', async () => {
  const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 6 }));
  const nginx = keep(await startNginx({ workerProcesses: 3, workerConnections: 64 }));
  keep(await startNginx({ workerProcesses: 2, workerConnections: 64 }));
  for (const [server, processes] of [
    [apache, 7],
    [nginx, 4],
  ] as const) {
    const { pid, port, pidFile, configFile } = server;
    // The first child answers, perhaps before the last one is there.
    await waitUntil({
      until: 'all children are there',
      holds: () => listProcessGroup(pid).length === processes,
    });
    const { sockets } = await buildKernelReader().read([port]);
    const listeners = sockets.ok ? (sockets.value.ports.get(port)?.listeners ?? []) : [];
    const inodes = new Set(listeners.map(({ inode }) => inode));
    for (const way of [
      { pid_file: pidFile },
      { listener: true as const },
      { pattern: `${configFile}( |$)` },
    ]) {
      const figures = await createProcessReader(way)(inodes);
      expect({ way, found: figures.ok && figures.value.count }).toEqual({ way, found: processes });
    }
  }
});

test('/metrics has the memory of whoever listens on the port, and not of others', async () => {
  const nginx = keep(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
  const target = `server: nginx, status_url: "${nginx.statusUrl}"`;
  const exporter = keep(
    await startExporter({
      config: `targets:
  - {name: found, ${target}, processes: {listener: true}}
  - {name: none, ${target}, processes: {pattern: "^nobody has this command line$"}}`,
    }),
  );
  let exposition = parseExposition(await exporter.metrics());
  const memory = (of: string) =>
    exposition.value('webserver_process_resident_memory_bytes', { target: of });
  await waitUntil({
    until: 'the processes have been read',
    async holds() {
      exposition = parseExposition(await exporter.metrics());
      return memory('found') !== undefined && exporter.output().includes('no command line matches');
    },
  });
  expect(memory('found')).toBeGreaterThan(1e6);
  expect(memory('none')).toBeUndefined();
  expect(exporter.output()).toMatch(/a figure is absent.*target=none.*no command line matches/);
});

test('a parent killed with kill -9 leaves no wrong figure behind', async () => {
  const apache = await startApache({ mpm: 'prefork', maxRequestWorkers: 4 });
  const exporter = keep(
    await startExporter({
      config: `targets: [{name: shop, server: apache, status_url: "${apache.statusUrl}"}]`,
    }),
  );
  expect(parseExposition(await exporter.metrics()).value('webserver_up')).toBe(1);
  apache.signal('SIGKILL', 'all');
  await apache.stop();
  const after = parseExposition(await exporter.metrics());
  expect(after.value('webserver_up')).toBe(0);
  expect(after.value('webserver_exhausted')).toBe(0);
  expect(after.samples('webserver_slots')).toEqual([]);
});
