import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCheckpointStore } from '../../src/io/checkpoint-store.ts';
import { createProcessReader } from '../../src/io/read-processes.ts';
import { requireBinary } from '../support/find-binary.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { startInProcess } from '../support/in-process-app.ts';
import { atEnd, keep, keepTempDirectory } from '../support/keep.ts';

/**
 * A thread that opens a pipe without a writer cannot be ended: the process would not end at SIGTERM, and four of them
 * would stop all reading of files. Each test here hung before it passed.
 */
async function createPipe(...path: string[]): Promise<string> {
  const pipe = join(await keepTempDirectory('pipe'), ...path);
  await mkdir(join(pipe, '..'), { recursive: true });
  execFileSync(requireBinary('mkfifo'), [pipe]);
  return pipe;
}

const notRegular = { ok: false, error: expect.stringContaining('is not a regular file') };

async function openStore(directory: string) {
  const store = await openCheckpointStore(directory, 'process 1 here');
  if (!store.ok) throw new Error(store.error);
  atEnd(() => store.value.release());
  return store.value;
}

test('B18 E2 a named pipe in place of a checkpoint is reported, and replaced by the next checkpoint', async () => {
  const directory = join(await createPipe('checkpoints', 'checkpoint.json'), '..');
  const store = await openStore(directory);
  expect(await store.read()).toMatchObject(notRegular);
  await store.write({ n: 1 });
  expect(await store.read()).toEqual({ ok: true, value: { n: 1 } });
});

test('B18 E2 a named pipe in place of the next checkpoint is an error once, and then gone', async () => {
  const directory = join(await createPipe('checkpoints', 'checkpoint.json.new'), '..');
  const store = await openStore(directory);
  await expect(store.write({ n: 1 })).rejects.toThrow('ENXIO');
  await store.write({ n: 2 });
  expect(await store.read()).toEqual({ ok: true, value: { n: 2 } });
});

test('B18 E2 a named pipe in place of the directory of checkpoints is reported', async () => {
  expect(
    await openCheckpointStore(await createPipe('checkpoints'), 'process 1 here'),
  ).toMatchObject({ ok: false, error: expect.stringContaining('ENOTDIR') });
});

test('B18 a device in place of a checkpoint is not read', async () => {
  const directory = await keepTempDirectory('device');
  await symlink('/dev/zero', join(directory, 'checkpoint.json'));
  const store = await openStore(directory);
  expect(await store.read()).toMatchObject(notRegular);
});

test.each(['a named pipe', 'a device', 'a directory'])(
  'E1 E2 %s in place of a PID file is reported, and not waited for',
  async (kind) => {
    const file = {
      'a named pipe': () => createPipe('pid'),
      'a device': async () => '/dev/zero',
      'a directory': () => keepTempDirectory('pid'),
    }[kind];
    const read = createProcessReader({ pid_file: (await file?.()) ?? '' });
    expect(await read(new Set())).toMatchObject({
      ok: false,
      error: { kind: 'unreadable', detail: expect.stringContaining('is not a regular file') },
    });
  },
);

test.each([
  ['password_file', (path: string) => ({ basic_auth: { username: 'a', password_file: path } })],
  ['bearer_token_file', (path: string) => ({ bearer_token_file: path })],
  ['ca_file', (path: string) => ({ tls: { ca_file: path } })],
])(
  'A1 E2 a named pipe as %s fails the poll of that target, and delays nothing',
  async (_, http) => {
    const server = keep(await startHostileServer((socket) => socket.end()));
    const target = (name: string, settings: object) => ({
      name,
      server: 'nginx',
      status_url: `https://127.0.0.1:${server.port}/`,
      sampling: { interval: '0s' },
      http: settings,
    });
    const { metrics, logged, stop } = await startInProcess({
      targets: [target('piped', http(await createPipe('secret'))), target('other', {})],
    });
    const answer = await metrics();
    expect(answer.value('webserver_up', { target: 'piped' })).toBe(0);
    expect(answer.value('webserver_up', { target: 'other' })).toBe(0);
    expect(logged.join()).toContain('is not a regular file');
    await stop();
  },
);

test('E2 a named pipe as format_file does not keep the exporter from starting or stopping', async () => {
  const pipe = await createPipe('nginx.conf');
  const { logged, stop } = await startInProcess({
    targets: [
      {
        name: 'a',
        server: 'nginx',
        access_logs: [{ path: '/nowhere/access.log', format_file: pipe, format: 'main' }],
      },
    ],
  });
  expect(logged.join()).toContain('is not a regular file');
  await stop();
});
