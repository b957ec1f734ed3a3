import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCheckpointStore } from '../../src/io/checkpoint-store.ts';

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function open(path: string, pid = process.pid) {
  const store = await openCheckpointStore(path, pid);
  if (!store.ok) throw new Error(store.error);
  return store.value;
}

test('a record is read back, the last one written', async () => {
  const store = await open(await directory());
  expect(await store.read()).toEqual({ ok: true, value: undefined });
  await store.write({ n: 1 });
  await store.write({ n: 2 });
  expect(await store.read()).toEqual({ ok: true, value: { n: 2 } });
});

test('a record that was torn is set aside, with words', async () => {
  const path = await directory();
  const store = await open(path);
  await store.write({ n: 1 });
  const file = join(path, 'checkpoint.json');
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, -1));
  expect(await store.read()).toMatchObject({
    ok: false,
    error: expect.stringContaining('checksum'),
  });
  expect(await store.read()).toEqual({ ok: true, value: undefined });
});

test('a directory in use by a living process is refused, one of a dead process is taken over', async () => {
  const path = await directory();
  await writeFile(join(path, 'lock'), String(process.ppid));
  expect(await openCheckpointStore(path, process.pid)).toMatchObject({
    ok: false,
    error: expect.stringContaining(`process ${process.ppid}`),
  });
  await writeFile(join(path, 'lock'), '4194999');
  expect(await openCheckpointStore(path, process.pid)).toMatchObject({ ok: true });
});

test('a path that is no directory is an error in words', async () => {
  const file = join(await directory(), 'file');
  await writeFile(file, '');
  expect(await openCheckpointStore(file, process.pid)).toMatchObject({
    ok: false,
    error: expect.stringContaining('cannot be used'),
  });
});
