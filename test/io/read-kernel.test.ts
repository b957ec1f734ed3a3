import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { buildKernelReader } from '../../src/io/read-kernel.ts';
import type { Ss } from '../../src/io/run-ss.ts';
import { err } from '../../src/result.ts';

const withoutSs: Ss = {
  run: () =>
    Promise.resolve(err({ kind: 'not_found', subject: 'ss', detail: 'it is not installed' })),
  close: () => undefined,
};

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function buildProc(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'read-kernel-'));
  cleanups.push(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'net'));
  await mkdir(join(root, 'sys/net/core'), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), content);
  return root;
}

test('read() of the running kernel sees a listening socket and its connection', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const accepted = new Promise<void>((resolve) => server.once('connection', () => resolve()));
  const client = connect(port, '127.0.0.1');
  cleanups.push(async () => {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  await accepted;
  const kernel = await buildKernelReader().read([port]);
  const sockets = kernel.sockets.ok ? kernel.sockets.value.ports.get(port) : undefined;
  expect(sockets?.listeners).toHaveLength(1);
  expect(sockets?.connections).toMatchObject({ listen: 1, established: 1 });
  expect(kernel.somaxconn.ok && kernel.somaxconn.value).toBeGreaterThan(0);
  expect(kernel.listenCounters.ok && kernel.listenCounters.value.listenDrops).toBeTypeOf('number');
});

test('read() needs no tcp6: a kernel without IPv6 has none', async () => {
  const procRoot = await buildProc({ 'net/tcp': '  sl  local_address\n' });
  const kernel = await buildKernelReader({ procRoot, ss: withoutSs }).read([80]);
  expect(kernel.sockets.ok && kernel.sockets.value.ports.get(80)?.listeners).toEqual([]);
});

test('E1 read() reports each unavailable part separately', async () => {
  const procRoot = await buildProc({ 'sys/net/core/somaxconn': 'many\n' });
  const kernel = await buildKernelReader({ procRoot, ss: withoutSs }).read([80]);
  const missing = (name: string) => ({
    ok: false,
    error: { kind: 'not_found', subject: join(procRoot, name) },
  });
  expect(kernel.sockets).toMatchObject(missing('net/tcp'));
  expect(kernel.listenCounters).toMatchObject(missing('net/netstat'));
  expect(kernel.somaxconn).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
});

test('read() reads a table larger than its buffer, and overlapping reads do not disturb each other', async () => {
  const line = `${'   1: 0100007F:0050 0100007F:D3B4 01 00000000:00000000 00:00000000 00000000    33        0 1 1'.padEnd(149)}\n`;
  const table = `${'  sl'.padEnd(149)}\n${line.repeat(2000)}`;
  const reader = buildKernelReader({
    procRoot: await buildProc({ 'net/tcp': table }),
    ss: withoutSs,
  });
  const both = await Promise.all([reader.read([80]), reader.read([80])]);
  for (const kernel of both) {
    const sockets = kernel.sockets.ok ? kernel.sockets.value.ports.get(80) : undefined;
    expect(sockets?.connections.established).toBe(2000);
  }
});

test('read() starts a new pass for a port that no pass has read', async () => {
  const line = (port: string) =>
    `${`   1: 0100007F:${port} 0100007F:D3B4 01 00000000:00000000 00:00000000 00000000    33        0 1 1`.padEnd(149)}\n`;
  const table = `${'  sl'.padEnd(149)}\n${line('0050')}${line('01BB').repeat(2)}`;
  const reader = buildKernelReader({
    procRoot: await buildProc({ 'net/tcp': table }),
    ss: withoutSs,
  });
  await reader.read([80]);
  const { sockets } = await reader.read([443]);
  expect(sockets.ok && sockets.value.ports.get(443)?.connections.established).toBe(2);
});

test('readListeners() without ss reads the tables of /proc', async () => {
  const procRoot = await buildProc({
    'net/tcp': `  sl  local_address
   1: 0100007F:0050 00000000:0000 0A 00000000:00000004 00:00000000 00000000    33        0 16504 1 0 100 0 0 10 0
`,
  });
  const listed = await buildKernelReader({ procRoot, ss: withoutSs }).readListeners();
  const [listener] = (listed.ok && listed.value.ports.get(80)?.listeners) || [];
  expect(listener).toMatchObject({ address: '127.0.0.1', inode: 16504, queueLength: 4 });
});
