import { expect, test } from 'vitest';
import { favourSpeed } from '../../src/io/favour-speed.ts';

test.each([
  [20, []],
  [21, ['--no-optimize-for-size']],
])('with %i targets the flags of V8 that are set are %j', async (targets, wanted) => {
  const flags: string[] = [];
  await favourSpeed(targets, async (flag) => {
    flags.push(flag);
  });
  expect(flags).toEqual(wanted);
});
