import { setImmediate } from 'node:timers/promises';

/** Target duration of a slice. Other work waits for at most one slice. */
const sliceMilliseconds = 0.5;
/** Slices begin small: until the engine has compiled the parser, a line takes many times as long. */
const minimumSliceBytes = 8 * 1024;
const maximumSliceBytes = 256 * 1024;
/** A turn of the event loop that takes this long had other work to do. */
const busyTurnMilliseconds = 0.05;
/** Maximum wait for other work, so that reading continues under scrapes without pause. */
const maximumPauseMilliseconds = 10;

/** Reads a file beside other work, in slices that each take about the same time. */
export interface ReadingPace {
  /** Size of the next slice. */
  sliceBytes(): number;
  /** To be called before each slice. */
  begin(): void;
  /** To be awaited after each slice. Other work, such as scrapes, is done meanwhile. */
  end(): Promise<void>;
}

export function createReadingPace(now: () => number = () => performance.now()): ReadingPace {
  let bytes = minimumSliceBytes;
  let startedAt = 0;
  return {
    sliceBytes: () => bytes,
    begin() {
      startedAt = now();
    },
    async end() {
      bytes = nextSliceBytes(bytes, now() - startedAt);
      await yieldToOtherWork(now);
    },
  };
}

function nextSliceBytes(bytes: number, milliseconds: number): number {
  if (milliseconds > sliceMilliseconds) return Math.max(minimumSliceBytes, bytes / 2);
  return milliseconds < sliceMilliseconds / 2 ? Math.min(maximumSliceBytes, bytes * 2) : bytes;
}

/** Waits while each turn of the event loop has other work to do. A scrape takes many turns. */
async function yieldToOtherWork(now: () => number): Promise<void> {
  const startedAt = now();
  for (let before = startedAt; ; ) {
    await setImmediate();
    const after = now();
    if (after - before < busyTurnMilliseconds) return;
    if (after - startedAt > maximumPauseMilliseconds) return;
    before = after;
  }
}
