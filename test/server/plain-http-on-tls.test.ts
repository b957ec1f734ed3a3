import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { ok } from '../../src/result.ts';
import { buildServer } from '../../src/server/build-server.ts';
import { createWebSecurity } from '../../src/server/web-security.ts';
import { createAuthority } from '../support/certificates.ts';

async function startTlsServer(settings = '', refusals: string[] = []): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'plain-http-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const { certFile, keyFile } = createAuthority(directory, 'ca').issue(
    'localhost',
    'DNS:localhost',
  );
  const file = join(directory, 'web.yml');
  writeFileSync(
    file,
    `tls_server_config: {cert_file: ${certFile}, key_file: ${keyFile}${settings}}\n`,
  );
  const security = createWebSecurity({
    file,
    readFile: (path) => readFileSync(path),
    now: () => performance.now(),
    logError: () => undefined,
    logRefusal: (message, { address }) => refusals.push(`${address}: ${message}`),
  });
  if (!security.ok) throw new Error(security.error.join('\n'));
  const { server } = buildServer({
    telemetryPath: '/metrics',
    onError: () => undefined,
    security: security.value,
    ports: {
      renderMetrics: async () => '',
      probe: async () => ok(''),
      renderPage: () => '',
      renderBoardsEvent: () => '',
      isReady: () => true,
      reload: async () => ok(undefined),
      showConfig: () => '',
      showModule: () => '',
      showAdvice: () => ({}),
      listTargets: () => [],
    },
  });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return Number(new URL(address).port);
}

test('plain HTTP on the TLS port is answered with 400 and a sentence', async () => {
  const client = connect(await startTlsServer(), '127.0.0.1');
  await once(client, 'connect');
  client.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const answer = await text(client);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toContain('this port speaks HTTPS: write https:// in place of http://\n');
});

test('any other bytes that are not TLS: the connection is closed without an answer', async () => {
  const client = connect(await startTlsServer(), '127.0.0.1');
  await once(client, 'connect');
  client.on('error', () => undefined);
  client.write('\0\0\0\0\0\0\0\0');
  expect(await text(client).catch(() => '')).not.toContain('HTTP');
});

test('clients without the certificate that is asked for leave one line, which names the address', async () => {
  const refusals: string[] = [];
  const port = await startTlsServer(', client_auth_type: RequireAnyClientCert', refusals);
  for (let attempt = 0; attempt < 3; attempt++) {
    const client = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    client.on('error', () => undefined).resume();
    await new Promise((resolve) => client.once('close', resolve));
  }
  expect(refusals).toEqual([
    '127.0.0.1: client refused: no client certificate, or not an accepted one',
  ]);
});
