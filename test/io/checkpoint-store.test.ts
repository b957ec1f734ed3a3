import { createHash } from 'node:crypto';
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

async function open(path: string) {
  const store = await openCheckpointStore(path, 'process 1 here');
  onTestFinished(async () => {
    if (store.ok) await store.value.release();
  });
  if (!store.ok) throw new Error(store.error);
  return store.value;
}

test('read() returns the last record that was written', async () => {
  const store = await open(await directory());
  expect(await store.read()).toEqual({ ok: true, value: undefined });
  await store.write({ n: 1 });
  await store.write({ n: 2 });
  expect(await store.read()).toEqual({ ok: true, value: { n: 2 } });
});

test('B17 an incomplete record is renamed and reported', async () => {
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

test('B18 a valid checksum over something that is not JSON is reported as an error', async () => {
  const path = await directory();
  const store = await open(path);
  const sum = createHash('sha256').update('nonsense').digest('hex');
  await writeFile(join(path, 'checkpoint.json'), `${sum}\nnonsense`);
  expect(await store.read()).toMatchObject({
    ok: false,
    error: expect.stringContaining('is not JSON'),
  });
});

test('B19 nothing is written after another exporter has taken the directory', async () => {
  const path = await directory();
  const store = await open(path);
  await rm(join(path, 'lock'));
  const second = await open(path);
  await expect(store.write({ n: 1 })).rejects.toThrow('taken by another exporter');
  await second.write({ n: 2 });
  expect(await second.read()).toEqual({ ok: true, value: { n: 2 } });
});

test('B18 a path that is not a directory is reported as an error', async () => {
  const file = join(await directory(), 'file');
  await writeFile(file, '');
  expect(await openCheckpointStore(file, 'process 1 here')).toMatchObject({
    ok: false,
    error: expect.stringContaining('cannot be used'),
  });
});
