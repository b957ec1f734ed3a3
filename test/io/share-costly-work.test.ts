import { expect, test } from 'vitest';
import { shareCostlyWork } from '../../src/io/share-costly-work.ts';

/** Work that takes 10 ms of a clock that only the work and the test move on. */
function sharedWork(sharing = { restPerWork: 20, longestRestMilliseconds: 2000 }) {
  let clock = 0;
  let runs = 0;
  const share = shareCostlyWork(
    async () => {
      clock += 10;
      runs += 1;
      return runs;
    },
    { ...sharing, now: () => clock },
  );
  return {
    share,
    pass: (milliseconds: number) => {
      clock += milliseconds;
    },
  };
}

test('a result serves for as many times its duration as it may', async () => {
  const { share, pass } = sharedWork();
  expect(await share('recent')).toBe(1);
  pass(199);
  expect(await share('recent')).toBe(1);
  pass(1);
  expect(await share('recent')).toBe(2);
});

test('the longest rest bounds what one slow run does', async () => {
  const { share, pass } = sharedWork({ restPerWork: 1e6, longestRestMilliseconds: 50 });
  await share('recent');
  pass(50);
  expect(await share('recent')).toBe(2);
});

test('who asks while a run is under way shares the next one, and a fresh result of cheap work is never an old one', async () => {
  const { share } = sharedWork();
  const first = share('recent');
  await Promise.resolve();
  expect(await Promise.all([first, share('recent'), share('recent')])).toEqual([1, 2, 2]);
  expect(await share('fresh')).toBe(3);
});

test('costly work is not repeated for who wants it fresh, only for what it has not looked at', async () => {
  const { share } = sharedWork({ restPerWork: 101, longestRestMilliseconds: 60_000 });
  expect(await share('recent')).toBe(1);
  expect(await share('fresh')).toBe(1);
  expect(await share('unseen')).toBe(2);
});
