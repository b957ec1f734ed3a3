import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpointStore } from '../../src/io/checkpoint-store.ts';
import { keepTempDirectory } from '../support/keep.ts';

describe('a checkpoint', () => {
  const written = async () => {
    const directory = await keepTempDirectory('crash');
    const store = await openCheckpointStore(directory, 'first');
    if (!store.ok) throw new Error(store.error);
    await store.value.write({ generation: 1 });
    await store.value.release();
    return directory;
  };
  const readAgain = async (directory: string) => {
    const store = await openCheckpointStore(directory, 'second');
    if (!store.ok) throw new Error(store.error);
    const read = await store.value.read();
    await store.value.release();
    return read;
  };

  test.each([
    ['before a byte of the next was written', ''],
    ['in the middle of the next', 'abc\n{"generation":'],
  ])('B17 whose writer was killed %s is the last complete one', async (_, torn) => {
    const directory = await written();
    await writeFile(join(directory, 'checkpoint.json.new'), torn);
    expect(await readAgain(directory)).toEqual({ ok: true, value: { generation: 1 } });
  });

  test('B17 whose successor is complete but not renamed yet is still the old one, and can be replaced', async () => {
    const directory = await written();
    await copyFile(join(directory, 'checkpoint.json'), join(directory, 'checkpoint.json.new'));
    expect(await readAgain(directory)).toEqual({ ok: true, value: { generation: 1 } });
    const store = await openCheckpointStore(directory, 'third');
    if (!store.ok) throw new Error(store.error);
    await store.value.write({ generation: 2 });
    expect(await store.value.read()).toEqual({ ok: true, value: { generation: 2 } });
    await store.value.release();
  });

  test('B18 whose directory is missing for a while is written again when it is back', async () => {
    const directory = join(await keepTempDirectory('gone'), 'checkpoints');
    await mkdir(directory);
    const store = await openCheckpointStore(directory, 'first');
    if (!store.ok) throw new Error(store.error);
    await rename(directory, `${directory}.away`);
    await expect(store.value.write({ generation: 1 })).rejects.toThrow();
    await rename(`${directory}.away`, directory);
    await store.value.write({ generation: 2 });
    expect(await store.value.read()).toEqual({ ok: true, value: { generation: 2 } });
    await store.value.release();
  });
});
