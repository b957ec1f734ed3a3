import { appendFileSync } from 'node:fs';
import { inject, test } from 'vitest';
import { runawayMessage } from './runaway.ts';
import type { Judged, Verdict } from './verdict.ts';
import type { RecordedTest } from './worker-setup.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The mutants to judge. */
    mutants: readonly number[];
    /** Path of the file that gets a line of JSON (Judged) for each; `begun` names one that is not finished. */
    verdicts: string;
  }
}

const hangMilliseconds = 5000;
/** The first pass leaves the slow tests of a mutant to the second; the second leaves the slowest out. */
const passes = [300, 3000];

/** A mutant, and the tests that evaluate it and have not run with it. */
interface Case {
  readonly index: number;
  readonly tests: readonly RecordedTest[];
}

/** Runs last, as a test file: it repeats the tests of all other files with one mutant after the other in force. */
test('judges each mutant', { timeout: 0 }, async () => {
  // The runner adds a listener for each repetition of a test, and each costs a comparison with all others.
  AbortSignal.prototype.addEventListener = () => undefined;
  const { tests = [] } = globalThis.mutation ?? {};
  const sorted = tests.toSorted((a, b) => a.milliseconds - b.milliseconds);
  let open: readonly Case[] = inject('mutants').map((index) => ({
    index,
    tests: sorted.filter(({ reached }) => reached.has(index)),
  }));
  for (const milliseconds of passes) open = await judgeAll(open, milliseconds);
});

async function judgeAll(cases: readonly Case[], milliseconds: number): Promise<readonly Case[]> {
  const unfinished: Case[] = [];
  for (const { index, tests } of cases) {
    write({ begun: index });
    const { verdict, left } = await judge({ index, tests }, milliseconds);
    write({ index, verdict } satisfies Judged);
    if (left.length > 0) unfinished.push({ index, tests: left });
  }
  return unfinished;
}

function write(line: object): void {
  appendFileSync(inject('verdicts'), `${JSON.stringify(line)}\n`);
}

interface Judgement {
  readonly verdict: Verdict;
  readonly left: readonly RecordedTest[];
}

async function judge({ index, tests }: Case, milliseconds: number): Promise<Judgement> {
  const start = performance.now();
  for (const [at, recorded] of tests.entries()) {
    if (performance.now() - start > milliseconds)
      return { verdict: unnoticed(index, tests), left: tests.slice(at) };
    const verdict = await runWith(index, recorded);
    if (verdict !== 'passed') return { verdict, left: [] };
  }
  return { verdict: unnoticed(index, tests), left: [] };
}

function unnoticed(index: number, tests: readonly RecordedTest[]): Verdict {
  if (globalThis.mutation?.loaded.has(index)) return 'loaded';
  return tests.length === 0 ? 'untested' : 'passed';
}

async function runWith(index: number, { run, ticks }: RecordedTest): Promise<Verdict> {
  const { mutation } = globalThis;
  if (mutation === undefined) return 'untested';
  mutation.active = index;
  mutation.ticks = 0;
  mutation.maximumTicks = ticks * 5 + 20_000;
  try {
    return await Promise.race([Promise.resolve(run()).then(() => 'passed' as const), hang()]);
  } catch (error) {
    return String(error).includes(runawayMessage) ? 'timeout' : 'failed';
  } finally {
    mutation.active = -1;
  }
}

function hang(): Promise<Verdict> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('timeout'), hangMilliseconds).unref();
  });
}
