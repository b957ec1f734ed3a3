import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createInputRegistry } from '../../src/pipeline/input-registry.ts';
import { prepareTargetLogs } from '../../src/pipeline/target-logs.ts';
import { keepOpen, keepTempDirectory } from '../support/keep.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A clock that stands, in whole seconds as nginx writes them. */
let now: number;
let directory: string;
let file: string;
beforeEach(async () => {
  now = 1_800_000_000;
  directory = await keepTempDirectory('evidence');
  file = join(directory, 'error.log');
});

/** As nginx writes it, in the zone of this machine. */
function lineAt(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (figure: number) => String(figure).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('/');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time} [alert] 7#7: 64 worker_connections are not enough\n`;
}

interface WatchedLog {
  check(): Promise<boolean>;
  counted(): number | undefined;
  showsExhausted(): boolean;
  close(): Promise<void>;
}

async function open(start: 'end' | 'beginning'): Promise<WatchedLog> {
  const config = configSchema.parse({
    targets: [
      {
        name: 'edge',
        server: 'nginx',
        status_url: 'http://127.0.0.1/stub_status',
        error_logs: [{ path: file }],
      },
    ],
    logs: { start },
  });
  const [target] = config.targets;
  if (target === undefined) throw new Error('no target');
  const begin = await prepareTargetLogs({
    config: target,
    logs: config.logs,
    isCaughtUp: true,
    addressKey: () => [1, 2],
    stdin: new PassThrough(),
    log: silent,
    now: () => now,
  });
  const logs = begin(undefined);
  const inputs = createInputRegistry({ log: silent, now: () => now });
  await inputs.apply(logs.subscriptions, () => undefined);
  return keepOpen({
    async check() {
      const startedAt = now;
      const more = await inputs.check();
      const isReading = (key: string) => inputs.view(key)?.condition.reason === 'reading';
      logs.afterCheck({ startedAt, more, isReading });
      return more.size > 0;
    },
    counted: () => logs.view(inputs).errorEvents?.['worker_connections_exhausted'],
    showsExhausted: () => logs.exhaustedSecondsAgo() !== undefined,
    close: () => inputs.close(),
  });
}

async function readAll(logs: WatchedLog): Promise<void> {
  while (await logs.check());
}

describe('an error log', () => {
  test('shows a full server for five seconds from the time on its line', async () => {
    await writeFile(file, '');
    const logs = await open('end');
    await readAll(logs);
    await readAll(logs);
    await appendFile(file, lineAt(now - 2));
    await readAll(logs);
    expect(logs.showsExhausted()).toBe(true);
    now += 3;
    expect(logs.showsExhausted()).toBe(true);
    now += 1;
    expect(logs.showsExhausted()).toBe(false);
  });

  test('counts old lines that are read at start, but they do not show a full server now', async () => {
    await writeFile(file, lineAt(now - 3600) + lineAt(now - 60));
    const logs = await open('beginning');
    await readAll(logs);
    expect(logs.counted()).toBe(2);
    expect(logs.showsExhausted()).toBe(false);
  });

  test('counts what was written during a pause, but it does not show a full server now', async () => {
    await writeFile(file, '');
    const logs = await open('end');
    await readAll(logs);
    await readAll(logs);
    await appendFile(file, lineAt(now));
    now += 3600;
    await readAll(logs);
    expect(logs.counted()).toBe(1);
    expect(logs.showsExhausted()).toBe(false);
  });

  test('that appears with old lines in it does not speak for now', async () => {
    const logs = await open('end');
    await readAll(logs);
    await readAll(logs);
    await writeFile(join(directory, 'old'), lineAt(now - 3600));
    await rename(join(directory, 'old'), file);
    await readAll(logs);
    expect(logs.counted()).toBe(1);
    expect(logs.showsExhausted()).toBe(false);
  });

  test.each([60, 86_400])(
    'B20 whose line is %s s ahead is not evidence, now or later',
    async (ahead) => {
      await writeFile(file, '');
      const logs = await open('end');
      await readAll(logs);
      await readAll(logs);
      await appendFile(file, lineAt(now + ahead));
      await readAll(logs);
      expect(logs.showsExhausted()).toBe(false);
      now += ahead;
      expect(logs.showsExhausted()).toBe(false);
    },
  );

  test('B20 is not evidence for longer when the clock is set back', async () => {
    await writeFile(file, '');
    const logs = await open('end');
    await readAll(logs);
    await readAll(logs);
    await appendFile(file, lineAt(now));
    await readAll(logs);
    now -= 7200;
    expect(logs.showsExhausted()).toBe(false);
  });
});
