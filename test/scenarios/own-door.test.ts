import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../support/certificates.ts';
import { requireBinary } from '../support/find-binary.ts';
import { findFreePort } from '../support/free-port.ts';
import { answersOk, httpGet } from '../support/http-get.ts';
import { keep } from '../support/keep.ts';
import { listProcessGroup } from '../support/process-group.ts';
import { startProcess } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

async function createDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'own-door-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'config.yml'), 'targets: []\n');
  return directory;
}

test('D1 E2 a TLS connection that sends nothing does not keep the exporter from stopping', async () => {
  const directory = await createDirectory();
  const { certFile, keyFile } = createAuthority(directory).issue('exporter', 'IP:127.0.0.1');
  const webConfig = join(directory, 'web.yml');
  await writeFile(webConfig, `tls_server_config: {cert_file: ${certFile}, key_file: ${keyFile}}\n`);
  const port = await findFreePort();
  const exporter = keep(
    await startProcess({
      command: process.execPath,
      args: [
        main,
        'serve',
        `--config.file=${join(directory, 'config.yml')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--web.config.file=${webConfig}`,
      ],
      isReady: () => acceptsConnection(port),
    }),
  );
  const silent = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(silent, 'connect');
  exporter.signal('SIGTERM', 'parent');
  // Node ends a handshake that does not begin after two minutes; the test has one.
  await waitUntil({ until: 'the exporter has ended', holds: () => !exporter.isRunning() });
  expect(exporter.output()).toContain('msg=stopping');
});

test('E2 an ss that hangs is ended with the exporter', async () => {
  const directory = await createDirectory();
  const pidFile = join(directory, 'pid');
  const hung = join(directory, 'ss');
  await writeFile(hung, `#!/bin/sh\necho $$ >${pidFile}\nexec /bin/sleep 600\n`, { mode: 0o755 });
  await writeFile(
    join(directory, 'config.yml'),
    'targets: [{name: a, server: nginx, status_url: "http://127.0.0.1:1/", listen: ["127.0.0.1:1"]}]\n',
  );
  const port = await findFreePort();
  const exporter = keep(
    await startProcess({
      command: requireBinary('unshare'),
      args: [
        ...['--mount', 'sh', '-c', 'mount --bind "$0" "$1"; shift; exec "$@"'],
        ...[hung, requireBinary('ss'), process.execPath, main, 'serve'],
        `--config.file=${join(directory, 'config.yml')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      isReady: async () => Number(await readFile(pidFile, 'utf8').catch(() => '')) > 0,
    }),
  );
  exporter.signal('SIGTERM', 'parent');
  await waitUntil({
    until: 'the exporter and the ss that it started have ended',
    holds: () => !exporter.isRunning() && listProcessGroup(exporter.pid).length === 0,
  });
  expect(exporter.output()).not.toContain('reading the /proc tables');
});

test('E2 D8 SIGTERM before the configuration is read ends the exporter with 0, SIGHUP does not, and neither is a defect', async () => {
  const fifo = join(await createDirectory(), 'config.fifo');
  execFileSync(requireBinary('mkfifo'), [fifo]);
  const exporter = spawn(process.execPath, [main, 'serve', `--config.file=${fifo}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void exporter.kill('SIGKILL'));
  let said = '';
  exporter.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  // Opens when the exporter opens it for reading, and never says anything.
  const writer = await open(fifo, 'w');
  onTestFinished(() => writer.close());
  const ended = once(exporter, 'close');
  exporter.kill('SIGHUP');
  exporter.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(said).toBe('');
});

test('E2 SIGTERM ends a command that waits for a pipe', async () => {
  const fifo = join(await createDirectory(), 'config.fifo');
  execFileSync(requireBinary('mkfifo'), [fifo]);
  const command = spawn(process.execPath, [main, 'check-config', fifo], { stdio: 'ignore' });
  onTestFinished(() => void command.kill('SIGKILL'));
  const writer = await open(fifo, 'w');
  onTestFinished(() => writer.close());
  const ended = once(command, 'close');
  command.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
});

async function acceptsConnection(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}

test.each([
  ['on a full disk', '2>/dev/full'],
  ['without a reader', '2> >(exec true)'],
])('E1 standard error %s does not end the exporter', async (_, redirection) => {
  const directory = await createDirectory();
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const exporter = keep(
    await startProcess({
      command: 'bash',
      args: [
        '-c',
        `exec "$@" ${redirection}`,
        'bash',
        process.execPath,
        main,
        'serve',
        `--config.file=${join(directory, 'config.yml')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      isReady: () => answersOk(`${url}/-/ready`),
    }),
  );
  // Each refusal is a line of the log.
  for (let round = 0; round < 5; round += 1) {
    const refused = await httpGet(`${url}/probe?target=nobody`);
    expect(refused.status).toBe(400);
  }
  expect(exporter.isRunning()).toBe(true);
});
