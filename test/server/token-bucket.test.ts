import { expect, it } from 'vitest';
import { createTokenBucket } from '../../src/server/token-bucket.ts';

it('createTokenBucket() passes a burst at once, then one request per interval', () => {
  let now = 0;
  const passes = createTokenBucket({ intervalMilliseconds: 100, burst: 2 }, () => now);
  expect([passes(), passes(), passes()]).toEqual([true, true, false]);
  now = 99;
  expect(passes()).toBe(false);
  now = 150;
  expect([passes(), passes()]).toEqual([true, false]);
});

it('createTokenBucket() saves up no more than the burst', () => {
  let now = 0;
  const passes = createTokenBucket({ intervalMilliseconds: 1, burst: 2 }, () => now);
  now = 1e9;
  expect([passes(), passes(), passes()]).toEqual([true, true, false]);
});
