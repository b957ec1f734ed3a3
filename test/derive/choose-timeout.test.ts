import { describe, expect, test } from 'vitest';
import { chooseTimeout, type Means } from '../../src/derive/choose-timeout.ts';
import type { KeepaliveModel } from '../../src/snapshot/prediction.ts';
import { modelWith, predictionOf } from '../support/predictions.ts';

type Row = readonly [timeoutSeconds: number, reuseRatio: number, busiest: number, fits?: boolean];

const modelOf = (rows: readonly Row[], part: Partial<KeepaliveModel> = {}) =>
  modelWith(
    rows.map(([timeoutSeconds, reuseRatio, busiestSlots, fits]) =>
      predictionOf({ timeoutSeconds, reuseRatio, busiestSlots, fits }),
    ),
    part,
  );

function choose(rows: readonly Row[], part: Partial<KeepaliveModel> = {}, means: Means = {}) {
  const { kind, advised, slots } = chooseTimeout(modelOf(rows, part), means);
  return [kind, advised?.timeoutSeconds, slots];
}

describe('chooseTimeout()', () => {
  test('takes the smallest timeout with 95 % of the best reuse', () => {
    const rows: Row[] = [
      [0, 0, 10, true],
      [1, 0.75, 20, true],
      [2, 0.76, 40, true],
      [5, 0.8, 70, true],
    ];
    expect(choose(rows)).toEqual(['timeout', 2, undefined]);
  });

  test('keeps today’s timeout when a smaller one frees no more than 5 % of the slots', () => {
    const rows = (busiest: number): Row[] => [
      [2, 0.8, busiest, true],
      [5, 0.8, 60, true],
    ];
    expect(choose(rows(57))).toEqual(['keep', 5, undefined]);
    expect(choose(rows(56))).toEqual(['timeout', 2, undefined]);
  });

  test('does not keep a timeout that does not fit, even if a smaller one frees little', () => {
    const rows: Row[] = [
      [2, 0.8, 79, true],
      [5, 0.8, 81, false],
    ];
    expect(choose(rows)).toEqual(['timeout', 2, undefined]);
  });

  test('takes the largest timeout that fits when none with the best reuse does', () => {
    const rows: Row[] = [
      [0, 0, 10, true],
      [1, 0.2, 60, true],
      [2, 0.4, 80, true],
      [5, 0.8, 120, false],
    ];
    expect(choose(rows)).toEqual(['timeout', 2, undefined]);
    expect(choose(rows, { todaySeconds: 2 })).toEqual(['keep', 2, undefined]);
    expect(choose(rows.filter(([seconds]) => seconds === 0 || seconds === 5))).toEqual([
      'off',
      0,
      undefined,
    ]);
  });

  test('takes no timeout that the log is too short for, except today’s', () => {
    const short = predictionOf({ timeoutSeconds: 60, reuseRatio: 1, busiestSlots: 20 });
    const model = modelOf([[5, 0.5, 20, true]]);
    const predictions = [...model.predictions, { ...short, isLongerThanLog: true }];
    const choiceOf = (todaySeconds: number) =>
      chooseTimeout({ ...model, todaySeconds, predictions }, {}).advised?.timeoutSeconds;
    expect(choiceOf(5)).toBe(5);
    expect(choiceOf(60)).toBe(60);
  });
});

describe('chooseTimeout() when requests alone occupy too many slots', () => {
  const rows: Row[] = [
    [0, 0, 90, false],
    [2, 0.5, 96, false],
    [5, 0.8, 160, false],
    [10, 0.8, 240, false],
  ];

  test('adds the slots for the smallest timeout with the best reuse, at most 80 % of them in use', () => {
    expect(choose(rows)).toEqual(['more_slots', 5, 200]);
    expect(choose([[5, 0.8, 161, false]])).toEqual(['more_slots', 5, 202]);
  });

  test('adds as many workers as 80 % of the free memory holds, and takes the largest timeout for them', () => {
    const workerBytes = 10;
    const withMemory = (availableBytes: number) =>
      choose(rows, {}, { workerBytes, availableBytes });
    expect(withMemory(1250)).toEqual(['more_slots', 5, 200]);
    expect(withMemory(1249)).toEqual(['more_slots', 2, 120]);
    expect(withMemory(249)).toEqual(['more_slots', 0, 113]);
  });

  test('names the slots that memory does not allow, and no timeout', () => {
    expect(choose(rows, {}, { workerBytes: 10, availableBytes: 100 })).toEqual([
      'redesign',
      undefined,
      200,
    ]);
  });

  test('asks for no memory when a slot costs none or its cost is not known', () => {
    const scarce = { workerBytes: 10, availableBytes: 100 };
    expect(choose(rows, { idleCost: 'reclaimable' }, scarce)).toEqual(['more_slots', 5, 200]);
    expect(choose(rows, {}, { workerBytes: 10 })).toEqual(['more_slots', 5, 200]);
    expect(choose(rows, {}, { availableBytes: 100 })).toEqual(['more_slots', 5, 200]);
  });

  test('an event MPM needs fewer workers: idle ones take further connections', () => {
    const event = { idleCost: 'async', busiestBusy: 30 } as const;
    // 400 connections at 80 % are 500; 187 workers take 187 + 2 x 157.
    expect(choose([[5, 0.8, 400, false]], event)).toEqual(['more_slots', 5, 187]);
    // With a factor of 1: 265 + 235.
    expect(choose([[5, 0.8, 400, false]], event, { asyncFactor: 1 })).toEqual([
      'more_slots',
      5,
      265,
    ]);
    // Requests need a worker each: 201 at 80 % are 252.
    expect(choose([[5, 0.8, 240, false]], { ...event, busiestBusy: 201 })).toEqual([
      'more_slots',
      5,
      252,
    ]);
  });
});
