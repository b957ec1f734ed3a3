import { expect, test } from 'vitest';
import { createNameCache } from '../../src/io/name-cache.ts';

function createCounted() {
  const clock = { now: 0, asked: 0 };
  const cache = createNameCache<number>({ milliseconds: 100, size: 3, now: () => clock.now });
  const get = (name: string) =>
    cache.get(name, () => {
      clock.asked += 1;
      return Promise.resolve(clock.asked);
    });
  return { cache, clock, get };
}

test('createNameCache() resolves a name once, and again when the answer has expired', async () => {
  const { clock, get } = createCounted();
  expect([await get('a'), await get('a')]).toEqual([1, 1]);
  clock.now = 100;
  expect(await get('a')).toBe(2);
});

test('createNameCache() keeps a bounded number of names, whatever names strangers request', async () => {
  const { cache, get } = createCounted();
  for (let name = 0; name < 1000; name += 1) await get(`${name}`);
  expect(cache.size).toBe(3);
  expect(await get('999')).toBe(1000);
});

test('createNameCache() drops expired names even if they are not requested again', async () => {
  const { cache, clock, get } = createCounted();
  await get('a');
  await get('b');
  clock.now = 100;
  await get('c');
  expect(cache.size).toBe(1);
});

test('createNameCache() resolves a name again after a failure', async () => {
  const { cache, get } = createCounted();
  await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await get('a')).toBe(1);
});
