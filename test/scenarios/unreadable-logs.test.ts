import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Debian's numbers are fixed. */
const adm = 4;
const isRoot = process.geteuid?.() === 0;

test('a user outside adm is told in one line what to do, and the status figures go on', async () => {
  const logs = join(await keepTempDirectory('adm'), 'nginx');
  await mkdir(logs);
  await writeFile(join(logs, 'access.log'), '');
  // As Debian packages make it; without root nobody else can be, and the directory is closed to its owner.
  if (isRoot) await chown(logs, 0, adm);
  await chmod(logs, isRoot ? 0o750 : 0);
  const nginx = keep(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
  const exporter = keep(
    await startExporter({
      asNobody: isRoot,
      config: `targets: [{name: edge, server: nginx, status_url: "${nginx.statusUrl}", access_logs: [{path: ${logs}/access.log}, {path: "${logs}/*.log"}]}]`,
    }),
  );
  await waitUntil({
    until: 'the state is told',
    holds: async () => (await exporter.metrics()).includes('permission_denied'),
  });
  const exposition = parseExposition(await exporter.metrics());
  expect(exposition.value('webserver_up')).toBe(1);
  expect(exposition.value('webserver_connections_accepted_total')).toBeGreaterThan(0);
  for (const source of [`${logs}/access.log`, `${logs}/*.log`]) {
    const labels = { source, reason: 'permission_denied' };
    expect(exposition.value('webserver_log_source_up', labels)).toBe(0);
    const told = exporter
      .output()
      .split('\n')
      .filter((text) => text.includes('a log is not read') && text.includes(source));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(isRoot ? 'usermod -aG adm nobody' : 'setfacl -m u:');
  }
  expect((await exporter.get('/')).body).toContain('Permission denied');
  await chmod(logs, 0o755);
  await waitUntil({
    until: 'the log is read',
    holds: async () =>
      parseExposition(await exporter.metrics()).value('webserver_log_source_up', {
        source: `${logs}/access.log`,
        reason: 'reading',
      }) === 1,
  });
});
