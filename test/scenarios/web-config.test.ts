import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hash } from 'bcryptjs';
import { expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../support/certificates.ts';
import { findFreePort } from '../support/free-port.ts';
import { keep } from '../support/keep.ts';
import { startProcess } from '../support/processes.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

test('with --web.config.file the exporter speaks TLS, asks for a user, and reads a changed file at once', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'web-config-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const authority = createAuthority(directory);
  const pair = authority.issue('exporter', 'IP:127.0.0.1');
  const file = join(directory, 'web.yml');
  const tls = `tls_server_config: {cert_file: ${pair.certFile}, key_file: ${pair.keyFile}}\n`;
  await writeFile(file, `${tls}basic_auth_users: {prom: '${await hash('s3cret', 4)}'}\n`);
  const port = await findFreePort();
  const config = join(directory, 'config.yml');
  await writeFile(config, 'targets: []\n');
  const ask = (path: string, auth?: string) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        path,
        ca: authority.pem,
        // A handshake for each request.
        agent: false as const,
        ...(auth === undefined ? {} : { auth }),
      };
      request(options, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      })
        .on('error', reject)
        .end();
    });
  keep(
    await startProcess({
      command: process.execPath,
      args: [
        main,
        'serve',
        `--config.file=${config}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--web.config.file=${file}`,
      ],
      isReady: () =>
        ask('/-/ready').then(
          () => true,
          () => false,
        ),
    }),
  );
  expect((await ask('/metrics')).status).toBe(401);
  expect((await ask('/metrics', 'prom:wrong')).status).toBe(401);
  const allowed = await ask('/metrics', 'prom:s3cret');
  expect(allowed.status).toBe(200);
  expect(allowed.body).toContain('keepalive_exporter_build_info');
  await writeFile(file, tls);
  const isUsable = async () =>
    /^keepalive_exporter_web_config_last_reload_successful (\d)$/m.exec(
      (await ask('/metrics')).body,
    )?.[1];
  expect(await isUsable()).toBe('1');
  // A renewal has written the certificate, but not its key: the last pair that fits stays in use.
  await writeFile(pair.certFile, authority.issue('renewed', 'IP:127.0.0.1').cert);
  expect(await isUsable()).toBe('0');
  await writeFile(pair.certFile, '');
  expect(await isUsable()).toBe('0');
  await writeFile(pair.certFile, pair.cert);
  expect(await isUsable()).toBe('1');
});
