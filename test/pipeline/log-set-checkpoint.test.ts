import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCheckpointOpener } from '../../src/pipeline/checkpoint-opener.ts';
import { createLogSet } from '../../src/pipeline/log-set.ts';
import {
  configOf,
  createDirectory,
  createLogs,
  format,
  line,
  memoryStore,
} from '../support/log-set.ts';
import { waitUntil } from '../support/wait-until.ts';

test('B17 B18 a target goes on from its record, and not with a record of other labels', async () => {
  const directory = await createDirectory();
  const path = join(directory, 'a.log');
  await writeFile(path, line);
  const config = configOf(`{path: ${path}, format: '${format}'}`);
  const store = memoryStore();
  const first = createLogs();
  await first.logs.apply(config, store);
  await first.logs.close();
  await rename(path, `${path}.1`);
  await appendFile(path, line);
  const second = createLogs();
  await second.logs.apply(config, store);
  await waitUntil({ until: 'both are counted', holds: () => second.lines() === 2 });
  await second.logs.close();

  const read = await store.read();
  const record = JSON.parse(JSON.stringify(read.ok ? read.value : {}));
  record.order[0] = record.order[0].split(' ').toReversed().join(' ');
  await store.write(record);
  const third = createLogs();
  await third.logs.apply(config, store);
  await waitUntil({ until: 'counters have restarted', holds: () => third.lines() === 1 });
  expect(third.messages.join()).toContain('other labels');
});

describe('a checkpoint directory that', () => {
  async function setUp(prepare: (state: string) => Promise<unknown>) {
    const directory = await createDirectory();
    const state = join(directory, 'state');
    await prepare(state);
    const messages: string[] = [];
    const note = (message: string) => messages.push(message);
    const log = { debug: note, info: note, warn: note, error: note };
    const opener = createCheckpointOpener({ log, pid: 1 });
    const logs = createLogSet({
      stdin: new PassThrough(),
      log,
      now: () => Date.now() / 1000,
      reopen: opener.open,
      reopenMilliseconds: 0,
    });
    onTestFinished(() => logs.close());
    const checkpoint = `checkpoint: {directory: ${state}, interval: 10ms}`;
    await writeFile(join(directory, 'a.log'), line);
    const config = configOf(`{path: ${directory}/a.log, format: '${format}'}`, { checkpoint });
    await logs.apply(config, await opener.open(state));
    const isWritten = () =>
      readFile(join(state, 'checkpoint.json'), 'utf8').then(
        (text) => text.includes('"linesParsed":1'),
        () => false,
      );
    return { state, logs, messages, isWritten };
  }

  test('cannot be used at the start is used as soon as it can be, without a reload', async () => {
    const { state, logs, messages, isWritten } = await setUp((path) => writeFile(path, 'a file'));
    await waitUntil({
      until: 'the failures are counted',
      holds: () => (logs.checkpoint()?.failures ?? 0) > 2,
    });
    expect(messages.filter((message) => message.includes('no checkpoint'))).toHaveLength(1);
    await rm(state);
    await waitUntil({ until: 'a record is written', holds: isWritten });
    expect(messages.at(-1)).toBe('the checkpoint can be written again');
  });

  test('is removed while we run is made again', async () => {
    const { state, isWritten } = await setUp(() => Promise.resolve());
    await waitUntil({ until: 'a record is written', holds: isWritten });
    await rm(state, { recursive: true });
    await waitUntil({ until: 'a record is written again', holds: isWritten });
  });
});

test('B18 E1 a clean stop on a full disk tries again, and the failures show', async () => {
  const directory = await createDirectory();
  const path = join(directory, 'a.log');
  await writeFile(path, line);
  const checkpoint = `checkpoint: {directory: ${directory}, interval: 1h}`;
  const { logs, messages } = createLogs();
  const store = memoryStore();
  await logs.apply(configOf(`{path: ${path}, format: '${format}'}`, { checkpoint }), store);
  await appendFile(path, line);
  store.fail(2);
  await logs.close();
  expect(logs.checkpoint()).toMatchObject({ failures: 2 });
  expect(messages.filter((message) => message.includes('ENOSPC'))).toHaveLength(1);
  const second = createLogs();
  await second.logs.apply(configOf(`{path: ${path}, format: '${format}'}`), store);
  await waitUntil({ until: 'both lines are counted', holds: () => second.lines() === 2 });
});

test.each([
  ['an earlier version', { shop: { access: {}, errorEvents: {}, files: {} } }],
  ['text', 'nonsense'],
  [
    'a negative place',
    { version: 1, order: [], targets: { shop: { errorEvents: { a: -1 }, places: {} } } },
  ],
])(
  'B18 a record that is %s is reported in one line, and counters restart at zero',
  async (_, record) => {
    const directory = await createDirectory();
    const path = join(directory, 'a.log');
    await writeFile(path, line);
    const store = memoryStore();
    await store.write(record);
    const { logs, messages, lines } = createLogs();
    const checkpoint = `checkpoint: {directory: ${directory}}`;
    await logs.apply(configOf(`{path: ${path}, format: '${format}'}`, { checkpoint }), store);
    expect(lines()).toBe(1);
    expect(
      messages.filter((message) => message.includes('the checkpoint cannot be read')),
    ).toHaveLength(1);
    expect(logs.checkpoint()?.failures).toBe(1);
  },
);
