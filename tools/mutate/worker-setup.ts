import { configureGlobal } from 'fast-check';
import { afterEach, beforeEach, type TestContext } from 'vitest';
import { getFn } from 'vitest/suite';
import { runawayMessage } from './runaway.ts';

/** A test that passed without a mutant. */
export interface RecordedTest {
  readonly run: () => unknown;
  /** Path of its file. */
  readonly file: string;
  readonly milliseconds: number;
  /** How many loops it turned. */
  readonly ticks: number;
  /** The mutants whose expression it evaluated. */
  readonly reached: ReadonlySet<number>;
}

/** What the rewritten sources call, in the thread that runs the tests (rewrite-source.ts). */
interface Mutation {
  /** The mutant that is in force; -1 is none. */
  active: number;
  maximumTicks: number;
  ticks: number;
  readonly tests: RecordedTest[];
  /** Mutants whose expression was evaluated outside of a test, when a module was loaded. */
  readonly loaded: Set<number>;
  /** By mutant: 1 when its expression was evaluated. Read by sources that note or switch mutants. */
  readonly flags: Uint8Array;
  reach(index: number): void;
  tick(): void;
  takeReached(): ReadonlySet<number>;
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

function createMutation(): Mutation {
  const flags = new Uint8Array(1 << 16);
  return {
    active: -1,
    maximumTicks,
    ticks: 0,
    tests: [],
    loaded: new Set(),
    flags,
    reach(index) {
      flags[index] = 1;
    },
    tick() {
      this.ticks += 1;
      if (this.ticks > this.maximumTicks) throw new Error(runawayMessage);
    },
    takeReached() {
      const reached = new Set<number>();
      for (let at = flags.indexOf(1); at >= 0; at = flags.indexOf(1, at + 1)) reached.add(at);
      flags.fill(0);
      return reached;
    },
  };
}

// A property that fails has noticed the mutant; a smaller example is of no use.
configureGlobal({ endOnFailure: true });

// Without isolation this file is loaded for each test file; the records are kept.
globalThis.mutation ??= createMutation();
const recorder = globalThis.mutation;
const reachedHere = new Set<number>();
let startedAt = 0;

function note(indices: ReadonlySet<number>): void {
  for (const index of indices) reachedHere.add(index);
}

beforeEach(() => {
  const loaded = recorder.takeReached();
  for (const index of loaded) recorder.loaded.add(index);
  note(loaded);
  recorder.ticks = 0;
  startedAt = performance.now();
});

afterEach(({ task }: TestContext) => {
  const reached = recorder.takeReached();
  note(reached);
  task.file.meta.reached = [...reachedHere];
  if (task.result?.state === 'fail') return;
  recorder.tests.push({
    run: getFn(task),
    file: task.file.filepath,
    milliseconds: performance.now() - startedAt,
    ticks: recorder.ticks,
    reached,
  });
});
