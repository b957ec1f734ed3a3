import { afterEach, beforeEach } from 'vitest';
import { runawayMessage } from './runaway.ts';

/** What the rewritten sources call, in the thread that runs the tests (rewrite-source.ts). */
interface Mutation {
  reach(index: number): void;
  tick(): void;
}

declare global {
  var mutation: Mutation | undefined;
}

declare module 'vitest' {
  interface TaskMeta {
    reached?: number[];
  }
}

/** No test turns so many loops: the bootstrap of compare-periods.test.ts turns the most. */
const maximumTicks = 100_000_000;

const reached = new Set<number>();
let ticks = 0;

globalThis.mutation = {
  reach: (index) => void reached.add(index),
  tick() {
    ticks += 1;
    if (ticks > maximumTicks) throw new Error(runawayMessage);
  },
};

beforeEach(() => {
  ticks = 0;
});

afterEach(({ task }) => {
  task.file.meta.reached = [...reached];
});
