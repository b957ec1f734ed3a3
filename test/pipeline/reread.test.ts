import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createCapacitySource } from '../../src/pipeline/capacity-source.ts';
import { rereadEachMinute } from '../../src/pipeline/reread.ts';

// The clock of the test stands still until the test moves it.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const hang = () => new Promise<never>(() => undefined);

describe('rereadEachMinute()', () => {
  test('reads at the first call, and again when a minute is over', async () => {
    let count = 0;
    const read = rereadEachMinute(async () => ++count, 0);
    expect([await read(), await read()]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    await read();
    expect(await read()).toBe(2);
  });

  test('A18 E1 a file on a network that does not answer delays the first poll by a second, and no later one', async () => {
    const read = rereadEachMinute<string>(hang, 'not read');
    const first = read();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await first).toBe('not read');
    expect(await read()).toBe('not read');
  });

  test('A18 E1 while a file does not answer the last reading stays, and it is read once more when it has answered', async () => {
    const work = vi.fn<() => Promise<string>>().mockResolvedValueOnce('first');
    const read = rereadEachMinute(work, 'not read');
    await read();
    let answer = (_: string): void => undefined;
    work.mockReturnValueOnce(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    for (let minute = 0; minute < 3; minute++) {
      await vi.advanceTimersByTimeAsync(60_000);
      expect(await read()).toBe('first');
    }
    expect(work).toHaveBeenCalledTimes(2);
    answer('second');
    await vi.advanceTimersByTimeAsync(0);
    work.mockImplementation(hang);
    expect(await read()).toBe('second');
  });
});

test('E1 createCapacitySource() logs once that the file of the server cannot be read, however long that lasts', async () => {
  const warnings: unknown[] = [];
  const note = (_: string, fields?: object) => void warnings.push(fields);
  const [target] = configSchema.parse({
    targets: [
      {
        ...{ name: 'a', server: 'nginx', status_url: 'http://127.0.0.1:1/' },
        capacity: { config_file: '/nowhere/nginx.conf' },
      },
    ],
  }).targets;
  if (target === undefined) throw new Error('no target');
  const read = createCapacitySource({
    identity: target,
    capacity: target.capacity,
    log: { debug: note, info: note, warn: note, error: note },
  });
  for (let minute = 0; minute < 5; minute++) {
    expect(await read()).toEqual({});
    await vi.advanceTimersByTimeAsync(60_000);
  }
  vi.useRealTimers();
  await expect.poll(() => warnings.length, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(warnings).toEqual([
    { file: '/nowhere/nginx.conf', error: expect.stringContaining('/nowhere/nginx.conf') },
  ]);
});
