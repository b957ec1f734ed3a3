import { expect, test } from 'vitest';
import { shareCostlyWork } from '../../src/io/share-costly-work.ts';

/** Work that takes 10 ms on a clock that only the work and the test advance. */
function sharedWork(
  sharing = { reuseFactor: 20, maximumReuseMilliseconds: 2000 },
  durationOf: (run: number) => number = () => 10,
) {
  let clock = 0;
  let runs = 0;
  const share = shareCostlyWork(
    async () => {
      runs += 1;
      clock += durationOf(runs);
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

test('the maximum reuse time limits the effect of one slow run', async () => {
  const { share, pass } = sharedWork({ reuseFactor: 1e6, maximumReuseMilliseconds: 50 });
  await share('recent');
  pass(50);
  expect(await share('recent')).toBe(2);
});

test('callers that come during a run share the next one, and a fresh result of cheap work is never an old one', async () => {
  const { share } = sharedWork();
  const first = share('recent');
  await Promise.resolve();
  expect(await Promise.all([first, share('recent'), share('recent')])).toEqual([1, 2, 2]);
  expect(await share('fresh')).toBe(3);
});

test('costly work is not repeated for a fresh result, only for one that earlier runs did not read', async () => {
  const { share } = sharedWork({ reuseFactor: 101, maximumReuseMilliseconds: 60_000 });
  for (let run = 1; run <= 3; run++) expect(await share('unseen')).toBe(run);
  expect(await share('fresh')).toBe(3);
  expect(await share('unseen')).toBe(4);
});

test('a run that is slow because the machine is busy does not lengthen the reuse', async () => {
  const slow = 4;
  const { share } = sharedWork({ reuseFactor: 20, maximumReuseMilliseconds: 60_000 }, (run) =>
    run === slow ? 800 : 10,
  );
  for (let run = 1; run <= slow; run++) expect(await share('fresh')).toBe(run);
  expect(await share('fresh')).toBe(slow + 1);
});

test('until three runs show the cost, a result is reused for a second at most', async () => {
  const { share, pass } = sharedWork(
    { reuseFactor: 20, maximumReuseMilliseconds: 60_000 },
    () => 800,
  );
  expect(await share('recent')).toBe(1);
  pass(1000);
  expect(await share('recent')).toBe(2);
  pass(1000);
  expect(await share('recent')).toBe(3);
  pass(1000);
  expect(await share('recent')).toBe(3);
});
