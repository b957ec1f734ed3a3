import { expect, test } from 'vitest';
import { boundsOf, planLateRequests } from '../../src/derive/keepalive-plan.ts';

test.each([
  ['nothing is promised', 80, 4, undefined, [80, 80, 40, 20]],
  ['a timeout is promised', 80, 4, 5, [80, 5.1, 4.9, 40]],
  ['the promise is longer than the wait', 4, 2, 60, [4, 2]],
  ['one connection may wait', 80, 1, 5, [80]],
  ['nobody may wait', 0, 4, 5, []],
])('planLateRequests() when %s', (_, maxWaitSeconds, waiting, timeoutSeconds, expected) => {
  const promise = timeoutSeconds === undefined ? undefined : { timeoutSeconds };
  expect(planLateRequests({ maxWaitSeconds, waiting }, promise)).toEqual(expected);
});

test('boundsOf() counts what a check may cost', () => {
  const limits = { maxWaitSeconds: 90, maxRequests: 200, waiting: 4, timeoutSeconds: 10 };
  expect(boundsOf(limits, false)).toEqual({
    connections: 8,
    connectionsAtOnce: 6,
    requests: 218,
    seconds: 170,
  });
  expect(boundsOf(limits, true)).toMatchObject({
    connections: 11,
    connectionsAtOnce: 7,
    requests: 422,
  });
  expect(boundsOf({ ...limits, maxWaitSeconds: 0 }, false).connections).toBe(4);
});
