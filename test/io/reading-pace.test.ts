import { describe, expect, test } from 'vitest';
import { createReadingPace } from '../../src/io/reading-pace.ts';

/** A clock that only the test advances. */
function setUp() {
  let time = 0;
  const pass = (milliseconds: number) => {
    time += milliseconds;
  };
  const pace = createReadingPace(() => time);
  const slice = async (milliseconds: number) => {
    pace.begin();
    pass(milliseconds);
    await pace.end();
  };
  /** Like a scrape: some work in each of many turns of the event loop. */
  const work = (turns: number, onEnd: () => void) => {
    const turn = (left: number) => {
      pass(1);
      if (left === 1) onEnd();
      else setImmediate(turn, left - 1);
    };
    setImmediate(turn, turns);
  };
  return { pace, pass, slice, work };
}

describe('createReadingPace()', () => {
  test('slices grow while they are quick, and are halved when one is slow', async () => {
    const { pace, slice } = setUp();
    const first = pace.sliceBytes();
    await slice(0.01);
    await slice(0.01);
    expect(pace.sliceBytes()).toBe(4 * first);
    await slice(0.4);
    expect(pace.sliceBytes()).toBe(4 * first);
    await slice(3);
    expect(pace.sliceBytes()).toBe(2 * first);
    for (let i = 0; i < 10; i++) await slice(3);
    expect(pace.sliceBytes()).toBe(first);
    for (let i = 0; i < 20; i++) await slice(0);
    expect(pace.sliceBytes()).toBe(32 * first);
  });

  test('B15 a scrape that takes several turns ends before the next slice', async () => {
    const { slice, work } = setUp();
    let isOver = false;
    work(5, () => {
      isOver = true;
    });
    await slice(0);
    expect(isOver).toBe(true);
  });

  test('scrapes without pause do not stop the reading', async () => {
    const { slice, work } = setUp();
    let isOver = false;
    const over = new Promise<void>((resolve) => {
      work(50, () => {
        isOver = true;
        resolve();
      });
    });
    await slice(0);
    expect(isOver).toBe(false);
    await over;
  });
});
