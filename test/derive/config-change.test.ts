import { describe, expect, test } from 'vitest';
import { changesIn, lastConfigChange } from '../../src/derive/config-change.ts';

const start = 1_795_230_000;

test.each<readonly [string, readonly (readonly [number, number])[], number | undefined]>([
  ['no reading', [], undefined],
  ['one reading', [[10, 1]], undefined],
  [
    'the same value',
    [
      [10, 1],
      [20, 1],
    ],
    undefined,
  ],
  [
    'a change at the second reading',
    [
      [10, 1],
      [20, 2],
    ],
    20,
  ],
  [
    'a change of a value that falls',
    [
      [10, 2],
      [20, 1],
      [30, 1],
    ],
    20,
  ],
  [
    'the last of two changes',
    [
      [10, 1],
      [20, 2],
      [30, 3],
      [40, 3],
    ],
    30,
  ],
  [
    'readings in another order',
    [
      [30, 2],
      [20, 2],
      [10, 1],
    ],
    20,
  ],
  [
    'a start time that jitters by two seconds',
    [
      [10, start],
      [20, start + 2],
    ],
    undefined,
  ],
  [
    'a start time that is three seconds later',
    [
      [10, start],
      [20, start + 3],
    ],
    20,
  ],
  [
    'a start time that is three seconds earlier',
    [
      [10, start + 3],
      [20, start],
    ],
    20,
  ],
])('changesIn() with %s: the newest', (_, readings, expected) => {
  expect(changesIn(new Map(readings)).at(-1)?.atSeconds).toBe(expected);
});

/** A reading a minute for three hours; each change is from a minute on. */
function readingsOf(first: number, changes: Readonly<Record<number, number>> = {}) {
  let value = first;
  return new Map(
    Array.from({ length: 180 }, (_, minute) => {
      value = changes[minute] ?? value;
      return [minute * 60, value] as const;
    }),
  );
}

describe('lastConfigChange()', () => {
  const changeOf = (
    timeouts: ReadonlyMap<number, number>,
    ...loads: readonly ReadonlyMap<number, number>[]
  ) => lastConfigChange({ timeouts, loads, stepSeconds: 60 });

  test('is the last load when the timeout stayed, or is not known', () => {
    const [generation, startTime] = [readingsOf(1, { 20: 2, 90: 1 }), readingsOf(1e9, { 90: 2e9 })];
    expect(changeOf(readingsOf(5), generation, startTime)).toEqual({ atSeconds: 90 * 60 });
    expect(changeOf(new Map(), generation)).toEqual({ atSeconds: 90 * 60 });
    expect(changeOf(readingsOf(5), readingsOf(1))).toBeUndefined();
  });

  test('is a change of the timeout rather than a later load: log rotation loads the configuration, too', () => {
    const loads = readingsOf(1, { 30: 2, 170: 3 });
    expect(changeOf(readingsOf(15, { 30: 2 }), loads)).toEqual({
      atSeconds: 30 * 60,
      timeout: { beforeSeconds: 15, afterSeconds: 2 },
      loadedAgainAtSeconds: 170 * 60,
    });
  });

  test('was loaded again only when that was more than a step later', () => {
    const timeouts = readingsOf(15, { 30: 2 });
    const again = (minute: number) =>
      changeOf(timeouts, readingsOf(1, { 30: 2, [minute]: 3 }))?.loadedAgainAtSeconds;
    expect(again(31)).toBeUndefined();
    expect(again(32)).toBe(32 * 60);
    // Loaded a minute before the exporter read the new timeout.
    expect(changeOf(timeouts, readingsOf(1, { 29: 2 }))).toEqual({
      atSeconds: 29 * 60,
      timeout: { beforeSeconds: 15, afterSeconds: 2 },
    });
  });

  test('is the first of several servers to load the changed file', () => {
    const timeouts = readingsOf(15, { 100: 2 });
    const loads = [readingsOf(1, { 100: 2 }), readingsOf(1, { 99: 2 }), readingsOf(1, { 9: 2 })];
    expect(changeOf(timeouts, ...loads)?.atSeconds).toBe(99 * 60);
    expect(changeOf(new Map(), ...loads)).toEqual({ atSeconds: 100 * 60 });
  });

  test.each([
    ['the file is changed, and loaded half an hour later', 60, 90, 90],
    ['the exporter reads the file a minute after the server', 61, 60, 60],
    ['the server shows no load (nginx)', 60, undefined, 60],
  ])('%s', (_, changed, loaded, at) => {
    const loads = readingsOf(1, { 5: 2, ...(loaded === undefined ? {} : { [loaded]: 3 }) });
    expect(changeOf(readingsOf(5, { [changed]: 2 }), loads)).toMatchObject({
      atSeconds: at * 60,
      timeout: { beforeSeconds: 5, afterSeconds: 2 },
    });
  });
});
