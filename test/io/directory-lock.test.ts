import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../../src/io/directory-lock.ts';
import { asNobody } from '../support/as-nobody.ts';
import { requireBinary } from '../support/find-binary.ts';
import { atEnd } from '../support/keep.ts';

const modulePath = fileURLToPath(new URL('../../src/io/directory-lock.ts', import.meta.url));

async function createDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'lock-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A holder as in another container: PID 1 of its own PID namespace, in its own network namespace. */
async function holdInNamespaces(directory: string): Promise<ChildProcess> {
  const script = `
    const { lockDirectory } = await import(${JSON.stringify(modulePath)});
    const lock = await lockDirectory(${JSON.stringify(directory)}, 'process ' + process.pid + ' there');
    console.log(JSON.stringify(lock));
    setInterval(() => {}, 1000);`;
  const asRoot = process.geteuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const child = spawn(
    requireBinary('unshare'),
    [
      ...[...asRoot, '--pid', '--net', '--fork', '--kill-child'],
      ...[process.execPath, '--import', 'tsx', '--input-type=module', '-e', script],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const [text] = await once(child.stdout, 'data');
  expect(String(text)).toContain('"ok":true');
  return child;
}

async function lock(directory: string, owner = 'process 1 here') {
  const taken = await lockDirectory(directory, owner);
  if (!taken.ok) throw new Error(taken.error);
  return taken.value;
}

test('B19 a second exporter gets an error that names the holder, until the first releases the directory', async () => {
  const directory = await createDirectory();
  const first = await lock(directory);
  expect(await lockDirectory(directory, 'other')).toMatchObject({
    ok: false,
    error: expect.stringContaining('is in use by process 1 here'),
  });
  expect(await first.isHeld()).toBe(true);
  await first.release();
  expect(await readdir(directory)).toEqual([]);
  await (await lock(directory)).release();
});

test('B19 it holds across PID and network namespaces, and ends with kill -9', async () => {
  const directory = await createDirectory();
  const holder = await holdInNamespaces(directory);
  expect(await lockDirectory(directory, 'process 1 here')).toMatchObject({
    ok: false,
    error: expect.stringContaining('is in use by process 1 there'),
  });
  const ended = once(holder, 'exit');
  holder.kill('SIGKILL');
  await ended;
  await expect
    .poll(() => lockDirectory(directory, 'next'), { timeout: 60_000 })
    .toMatchObject({ ok: true });
});

test('B19 a file left by a process that died, or by an earlier version, is not a lock', async () => {
  const directory = await createDirectory();
  await writeFile(join(directory, 'lock'), String(process.ppid));
  await (await lock(directory)).release();
});

test('B19 of many that start at once over a stale lock exactly one gets it', async () => {
  const directory = await createDirectory();
  for (let round = 0; round < 20; round++) {
    await writeFile(join(directory, 'lock'), '');
    const taken = await Promise.all(
      Array.from({ length: 8 }, (_, n) => lockDirectory(directory, `process ${n}`)),
    );
    const held = await Promise.all(
      taken.map(async (result) => result.ok && (await result.value.isHeld())),
    );
    expect(held.filter(Boolean)).toHaveLength(1);
    for (const result of taken) if (result.ok) await result.value.release();
  }
});

test('isHeld() is false after the lock was removed by hand', async () => {
  const directory = await createDirectory();
  const held = await lock(directory);
  await rm(join(directory, 'lock'));
  expect(await held.isHeld()).toBe(false);
  await held.release();
});

test('makes missing directories, also where a path is longer than the address of a socket', async () => {
  const directory = join(await createDirectory(), 'a'.repeat(60), 'b'.repeat(60));
  const held = await lock(directory);
  expect(await lockDirectory(directory, 'other')).toMatchObject({ ok: false });
  expect(await held.isHeld()).toBe(true);
  await held.release();
});

test('B18 a path where no directory can be made is reported as an error at once', async () => {
  const file = join(await createDirectory(), 'file');
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, '');
  for (const path of [file, '/proc/none/checkpoint']) {
    expect(await lockDirectory(path, 'x')).toMatchObject({
      ok: false,
      error: expect.stringContaining('cannot be used'),
    });
  }
});

test('B18 E2 a directory that has become read-only does not keep its holder from ending, and is free then', async () => {
  const directory = await createDirectory();
  await chmod(directory, 0o777);
  await asNobody(async () => {
    const own = join(directory, 'own');
    const held = await lock(own);
    await chmod(own, 0o500);
    await held.release();
    await chmod(own, 0o700);
    await (await lock(own)).release();
  });
});

test('B19 a holder that never stops talking is named all the same', async () => {
  const directory = await createDirectory();
  const holder = createServer((socket) => {
    const talk = setInterval(() => socket.write('process 1 here '), 50);
    socket.on('error', () => undefined).once('close', () => clearInterval(talk));
  });
  atEnd(() => holder.close());
  holder.listen(join(directory, 'lock'));
  await once(holder, 'listening');
  const taken = await lockDirectory(directory, 'other');
  if (taken.ok) throw new Error('two holders');
  expect(taken.error).toContain('is in use by process 1 here');
  expect(taken.error.length).toBeLessThan(500);
});
