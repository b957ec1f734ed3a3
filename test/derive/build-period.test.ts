import { describe, expect, test } from 'vitest';
import { buildPeriod } from '../../src/derive/build-period.ts';
import { changesIn } from '../../src/derive/config-change.ts';
import { createPeriodFold } from '../../src/derive/fold-period.ts';
import { periodQueries } from '../../src/derive/period-queries.ts';
import { createLogRecord, type LogRecord } from '../../src/snapshot/log-record.ts';

const range = { startSeconds: 0, endSeconds: 180, stepSeconds: 60 };

describe('buildPeriod()', () => {
  test('joins series by time; what a time lacks is absent', () => {
    const period = buildPeriod({
      ...range,
      gauges: {
        heldSlots: new Map([
          [60, 4],
          [120, 5],
        ]),
        requests: new Map([[120, 9]]),
      },
      durations: new Map(),
      keepaliveTimeout: new Map([
        [120, 2],
        [60, 5],
        [180, 2],
      ]),
    });
    expect(period.steps).toEqual([{ heldSlots: 4 }, { heldSlots: 5, requests: 9 }]);
    expect(period.keepaliveTimeoutSeconds).toBe(2);
  });

  test('puts the steps in the order of time, whatever series they come from', () => {
    const { steps } = buildPeriod({
      ...range,
      gauges: {
        heldSlots: new Map([
          [180, 3],
          [60, 1],
        ]),
        idleSlots: new Map([[120, 2]]),
      },
      durations: new Map(),
      keepaliveTimeout: new Map(),
    });
    expect(steps).toEqual([{ heldSlots: 1 }, { idleSlots: 2 }, { heldSlots: 3 }]);
  });

  test('has no durations at a time that lacks a bucket; a count that falls is 0', () => {
    const { steps } = buildPeriod({
      ...range,
      gauges: { requests: new Map([[120, 9]]) },
      durations: new Map([
        [
          0.1,
          new Map([
            [60, 6],
            [120, 7],
          ]),
        ],
        [Number.POSITIVE_INFINITY, new Map([[60, 5.9]])],
      ]),
      keepaliveTimeout: new Map(),
    });
    expect(steps).toEqual([{ durations: [6, 0] }, { requests: 9 }]);
  });

  test('makes counts of cumulative buckets, in the order of their bounds', () => {
    const at = (value: number): ReadonlyMap<number, number> => new Map([[60, value]]);
    const period = buildPeriod({
      ...range,
      gauges: {},
      durations: new Map([
        [Number.POSITIVE_INFINITY, at(10)],
        [1, at(9)],
        [0.1, at(6)],
      ]),
      keepaliveTimeout: new Map(),
    });
    expect(period.durationBounds).toEqual([0.1, 1]);
    expect(period.steps).toEqual([{ durations: [6, 3, 1] }]);
  });
});

test('the timeout of a period is the one that was in force for most of it', () => {
  const timeoutOf = (...values: readonly number[]) =>
    buildPeriod({
      startSeconds: 0,
      endSeconds: 300,
      stepSeconds: 60,
      gauges: {},
      durations: new Map(),
      keepaliveTimeout: new Map(values.map((value, i) => [i * 60, value])),
    }).keepaliveTimeoutSeconds;
  // The last step of the period before a change may see the change.
  expect(timeoutOf(5, 5, 5, 5, 2)).toBe(5);
  expect(timeoutOf(5, 2, 2, 2, 2)).toBe(2);
  expect([5, 2]).toContain(timeoutOf(5, 2));
  expect(timeoutOf()).toBeUndefined();
});

describe('changesIn()', () => {
  test.each([
    ['nothing', [], undefined],
    ['a constant', [3, 3, 3], undefined],
    ['the newest of two changes', [1, 2, 2, 3, 3], 3],
    ['a start time that wavers by a second', [1.7e9, 1.7e9 + 1, 1.7e9], undefined],
    ['a restart', [1.7e9, 1.7e9, 1.7e9 + 900], 2],
    ['a generation back at 1 after a restart', [7, 7, 1], 2],
  ] as const)('%s', (_, values, wanted) => {
    const changes = changesIn(new Map(values.map((value, i) => [i, value])));
    expect(changes.at(-1)?.atSeconds).toBe(wanted);
  });
});

test('periodQueries() quotes a target as PromQL does', () => {
  const { gauges } = periodQueries({ target: 'a"b\\', matchers: 'instance="x"' }, '60s');
  expect(gauges.exhaustedRatio).toBe(
    'avg(avg_over_time(webserver_exhausted{target="a\\"b\\\\",instance="x"}[60s]))',
  );
});

function fold(lines: readonly Partial<LogRecord>[]) {
  const folded = createPeriodFold(60);
  for (const line of lines) folded.add({ ...createLogRecord(), status: 200, ...line });
  return folded.period();
}

describe('createPeriodFold()', () => {
  test('leaves no step out of a log of two, and has none of an empty log', () => {
    const period = fold([{ unixSeconds: 10 }, { unixSeconds: 70 }, { unixSeconds: 71 }]);
    expect(period).toMatchObject({ startSeconds: 0, endSeconds: 120 });
    expect(period?.steps.map(({ requests }) => requests)).toEqual([1, 2]);
    expect(fold([])).toBeUndefined();
    expect(fold([{ own: true, unixSeconds: 10 }])).toBeUndefined();
  });

  test('knows connections and durations when a line of any step has them', () => {
    const lines = [10, 70, 130, 190].map((unixSeconds) => ({ unixSeconds }));
    const numbered = fold([...lines, { unixSeconds: 135, requestOnConnection: 2 }]);
    expect(numbered?.steps.map(({ newConnections }) => newConnections)).toEqual([0, 0]);
    expect(numbered?.steps[0]).not.toHaveProperty('durations');
    const timed = fold([...lines, { unixSeconds: 135, requestSeconds: 0 }]);
    expect(timed?.steps.map(({ durations }) => durations?.[0])).toEqual([0, 1]);
    expect(timed?.steps[0]).not.toHaveProperty('newConnections');
  });

  test('adds up the slot seconds of each step; a step never has less than none', () => {
    const folded = createPeriodFold(60);
    const held = [
      { busy: 30, idle: 60 },
      { busy: 30, idle: -90 },
      { busy: 15, idle: 45 },
    ];
    for (const [index, one] of held.entries())
      folded.add({ ...createLogRecord(), unixSeconds: index * 30 }, one);
    const period = folded.period();
    expect(period?.slotsFromLog).toBe(true);
    expect(period?.steps.map(({ heldSlots, idleSlots }) => [heldSlots, idleSlots])).toEqual([
      [0.5, 0],
      [1, 0.75],
    ]);
  });

  test('counts lines by minute, in any order, without the cut-off first and last', () => {
    const period = fold([
      { unixSeconds: 250 },
      { unixSeconds: 130, status: 499, requestOnConnection: 1 },
      { unixSeconds: 70, status: 408, requestOnConnection: 2 },
      { unixSeconds: 75, requestOnConnection: 1 },
      { unixSeconds: 10 },
    ]);
    expect(period).toMatchObject({ startSeconds: 60, endSeconds: 240, durationBounds: [] });
    expect(period?.steps).toEqual([
      { requests: 2, responses: 2, abortedResponses: 1, newConnections: 1 },
      { requests: 1, responses: 1, abortedResponses: 1, newConnections: 1 },
      { requests: 0, responses: 0, abortedResponses: 0, newConnections: 0 },
    ]);
  });

  test('counts durations by bucket, the longest above all bounds', () => {
    const period = fold([
      { unixSeconds: 1, requestSeconds: 0 },
      { unixSeconds: 2, requestSeconds: 0.001 },
      { unixSeconds: 3, requestSeconds: 3600 },
    ]);
    const durations = period?.steps[0]?.durations ?? [];
    expect([durations[0], durations.at(-1), durations.length]).toEqual([2, 1, 65]);
  });

  test('one line with its connection, or its duration, is enough for the figures of all steps', () => {
    const period = fold([
      { unixSeconds: 10 },
      { unixSeconds: 70, requestOnConnection: 1, requestSeconds: 0.002 },
    ]);
    expect(period?.steps.map(({ newConnections }) => newConnections)).toEqual([0, 1]);
    expect(period?.steps.map(({ durations }) => durations?.length)).toEqual([65, 65]);
  });

  test('slots held are slot seconds by seconds, and 0 in a step that has none', () => {
    const folded = createPeriodFold(60);
    const line = { ...createLogRecord(), status: 200 };
    folded.add({ ...line, unixSeconds: 10 }, { busy: 30, idle: 90 });
    folded.add({ ...line, unixSeconds: 20 }, { busy: 30, idle: 30 });
    folded.add({ ...line, unixSeconds: 70 }, { busy: 6, idle: -12 });
    folded.add({ ...line, unixSeconds: 80 });
    const period = folded.period();
    expect(period?.slotsFromLog).toBe(true);
    expect(period?.steps.map(({ heldSlots, idleSlots }) => [heldSlots, idleSlots])).toEqual([
      [3, 2],
      [0, 0],
    ]);
  });

  test('without slot seconds there are no slots', () => {
    const period = fold([{ unixSeconds: 10 }]);
    expect(period).not.toHaveProperty('slotsFromLog');
    expect(period?.steps[0]).not.toHaveProperty('heldSlots');
  });

  test('leaves out polls of the exporter, and has no period without times', () => {
    expect(fold([{ unixSeconds: 5, own: true }, {}])).toBeUndefined();
  });

  test('a broken clock does not fill the memory', () => {
    const period = fold([{ unixSeconds: 1 }, { unixSeconds: 120 }, { unixSeconds: 4e12 }]);
    expect(period?.steps.length).toBeLessThanOrEqual(20_000);
  });
});
