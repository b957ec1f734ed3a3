import { setImmediate } from 'node:timers/promises';

/** A slice is to take about so long: others wait for one at most. */
const sliceMilliseconds = 0.5;
/** The engine compiles a parser only after it was used for a while: until then a line takes many times as long. */
const firstSliceBytes = 8 * 1024;
const mostSliceBytes = 256 * 1024;
/** Others were at work when a turn of the event loop took that long. */
const noticeableMilliseconds = 0.05;
/** So long others go first, however much they have to do: reading must not stand still under scrapes without pause. */
const longestPauseMilliseconds = 10;

/** How a file is read beside other work: in slices, of which each takes about the same time. */
export interface ReadingPace {
  /** How many bytes to read at once. */
  sliceBytes(): number;
  /** To be called before each slice. */
  begin(): void;
  /** To be awaited after each slice: who answers a scrape goes first. */
  end(): Promise<void>;
}

export function createReadingPace(now: () => number = () => performance.now()): ReadingPace {
  let bytes = firstSliceBytes;
  let startedAt = 0;
  return {
    sliceBytes: () => bytes,
    begin() {
      startedAt = now();
    },
    async end() {
      bytes = nextSliceBytes(bytes, now() - startedAt);
      await letOthersGoFirst(now);
    },
  };
}

function nextSliceBytes(bytes: number, milliseconds: number): number {
  if (milliseconds > sliceMilliseconds) return Math.max(firstSliceBytes, bytes / 2);
  return milliseconds < sliceMilliseconds / 2 ? Math.min(mostSliceBytes, bytes * 2) : bytes;
}

/** A scrape takes many turns of the event loop. While each of them has something to do, it is not held up in between. */
async function letOthersGoFirst(now: () => number): Promise<void> {
  const leftAt = now();
  for (let before = leftAt; ; ) {
    await setImmediate();
    const after = now();
    if (after - before < noticeableMilliseconds) return;
    if (after - leftAt > longestPauseMilliseconds) return;
    before = after;
  }
}
