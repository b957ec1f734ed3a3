import { expect, test } from 'vitest';
import { rememberNewest } from '../src/remember-newest.ts';

test('rememberNewest() drops the entry that was renewed least recently', () => {
  const map = new Map<string, number>();
  for (const key of ['a', 'b', 'a', 'c']) rememberNewest(map, [key, map.size], 2);
  expect([...map]).toEqual([
    ['a', 2],
    ['c', 2],
  ]);
});
