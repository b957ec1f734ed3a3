import { expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep } from '../support/keep.ts';
import { measureLateness } from '../support/lateness.ts';
import { startNginx } from '../support/real-nginx.ts';

test('D4 /probe polls what the configuration allows, and refuses the rest with a reason', async () => {
  const nginx = keep(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
  const exporter = keep(
    await startExporter({
      config: `
targets: [{name: edge, server: nginx, status_url: "${nginx.statusUrl}"}]
probe:
  allow:
    - {cidr: 127.0.0.0/8, ports: [${nginx.port}]}
    - {cidr: 169.254.0.0/16, ports: [80]}
  modules:
    nginx: {server: nginx, path: ${new URL(nginx.statusUrl).pathname}}`,
    }),
  );
  const probe = (query: string) => exporter.get(`/probe?${query}`);

  const allowed = await probe(`target=127.0.0.1:${nginx.port}&module=nginx`);
  expect(allowed.status).toBe(200);
  expect(parseExposition(allowed.body).value('probe_success')).toBe(1);

  const configured = await probe('target=edge');
  expect(parseExposition(configured.body).value('webserver_up', { target: 'edge' })).toBe(1);

  const refused: readonly (readonly [string, number, RegExp])[] = [
    ['target=127.0.0.1:1&module=nginx', 403, /port/],
    ['target=10.1.2.3&module=nginx', 403, /allow/],
    ['target=169.254.169.254&module=nginx', 403, /link-local|metadata/],
    ['target=[::ffff:169.254.169.254]&module=nginx', 403, /link-local|metadata/],
    ['target=elsewhere', 400, /elsewhere/],
    [`target=127.0.0.1:${nginx.port}&module=none`, 400, /none/],
    ['module=nginx', 400, /target/],
  ];
  for (const [query, status, reason] of refused) {
    const answer = await probe(query);
    expect({ query, status: answer.status }).toEqual({ query, status });
    expect(answer.body).toMatch(reason);
  }
});

test('/probe measures connections with a module that says keepalive, under the same rules', async () => {
  const brief = keep(
    await startNginx({
      workerProcesses: 1,
      workerConnections: 64,
      keepaliveTimeout: 1,
      extraServer: 'keepalive_requests 9;',
    }),
  );
  const patient = keep(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
  const mute = keep(await startHostileServer(() => undefined));
  const exporter = keep(
    await startExporter({
      config: `
probe:
  allow: [{cidr: 127.0.0.0/8, ports: [${brief.port}, ${patient.port}, ${mute.port}]}]
  modules:
    visitor: {server: nginx, path: /, keepalive: {max_requests: 30}}`,
    }),
  );
  const probe = (port: number, seconds = 4) =>
    exporter.get(`/probe?target=127.0.0.1:${port}&module=visitor`, {
      'x-prometheus-scrape-timeout-seconds': String(seconds),
    });
  const startedAt = performance.now();
  const { result: closed, latenessSeconds } = await measureLateness(() => probe(brief.port, 50));
  // Enough for all that this machine has just measured, except the end of a connection that the server keeps.
  const enoughSeconds = Math.max(4, (3 * (performance.now() - startedAt)) / 1000);
  // The server would keep it for ten minutes, and the other never answers: that they do is due to the scrape timeout.
  const [open, silent] = await Promise.all([probe(patient.port, enoughSeconds), probe(mute.port)]);
  expect([closed.status, open.status, silent.status]).toEqual([200, 200, 200]);

  const labels = { target: `127.0.0.1:${brief.port}`, server: 'nginx' };
  const measured = parseExposition(closed.body);
  const bySource = { ...labels, source: 'probe' };
  const timeout = measured.value('webserver_keepalive_timeout_seconds', bySource) ?? 0;
  expect(timeout).toBeGreaterThan(0.8);
  expect(timeout).toBeLessThan(1.2 + latenessSeconds);
  expect(measured.value('webserver_keepalive_requests_limit', bySource)).toBe(9);
  const asked = { ...labels, request: 'http11' };
  expect(measured.value('webserver_keepalive_reused', asked)).toBe(1);
  expect(measured.value('probe_success')).toBe(1);

  // Longer than the scrape may last: the timeout is not known, the rest is.
  expect(open.body).not.toContain('webserver_keepalive_timeout_seconds{');
  expect(open.body).toContain('webserver_keepalive_reused{');
  expect(parseExposition(silent.body).value('probe_success')).toBe(0);

  const refused = await probe(1);
  expect(refused.status).toBe(403);
});
