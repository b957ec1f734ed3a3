import { expect, it } from 'vitest';
import { createTokenBucket } from '../../src/server/token-bucket.ts';

it('createTokenBucket() passes a burst at once, then one request per interval', () => {
  let now = 0;
  const bucket = createTokenBucket({ intervalMilliseconds: 100, burst: 2 }, () => now);
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false]);
  now = 99;
  expect(bucket.take()).toBe(false);
  now = 150;
  expect([bucket.take(), bucket.take()]).toEqual([true, false]);
});

it('createTokenBucket() saves up no more than the burst', () => {
  let now = 0;
  const bucket = createTokenBucket({ intervalMilliseconds: 1, burst: 2 }, () => now);
  now = 1e9;
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false]);
});

it('createTokenBucket() takes back what was not to be counted, and no more than the burst', () => {
  const bucket = createTokenBucket({ intervalMilliseconds: 100, burst: 1 }, () => 0);
  bucket.giveBack();
  expect([bucket.take(), bucket.take()]).toEqual([true, false]);
  bucket.giveBack();
  expect(bucket.take()).toBe(true);
});
