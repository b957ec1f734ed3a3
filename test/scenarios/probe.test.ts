import { expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { keep } from '../support/keep.ts';
import { startNginx } from '../support/real-nginx.ts';

test('D4 /probe asks what the configuration allows, and refuses the rest with a reason', async () => {
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
