import { appendFileSync } from 'node:fs';
import { inject, test } from 'vitest';
import type { JudgeTask } from './run-tests.ts';
import { runawayMessage } from './runaway.ts';
import type { Judged, Verdict } from './verdict.ts';
import type { RecordedTest } from './worker-setup.ts';

declare module 'vitest' {
  interface ProvidedContext {
    task: JudgeTask;
  }
}

const hangMilliseconds = 5000;

/**
 * Runs last, as a test file: it repeats the tests of all other files with one mutant after the other in force. The file
 * of verdicts gets two lines of JSON for each: that it was begun, and its verdict.
 */
test('judges each mutant', { timeout: 0 }, async () => {
  // The runner adds a listener for each repetition of a test, and each costs a comparison with all others.
  AbortSignal.prototype.addEventListener = () => undefined;
  const { mutants, verdicts, milliseconds } = inject('task');
  const write = (line: object) => appendFileSync(verdicts, `${JSON.stringify(line)}\n`);
  const { tests = [] } = globalThis.mutation ?? {};
  const sorted = tests.toSorted((a, b) => a.milliseconds - b.milliseconds);
  for (const index of mutants) {
    write({ begun: index });
    const reaching = sorted.filter(({ reached }) => reached.has(index));
    write({ index, verdict: await judge(index, reaching, milliseconds) } satisfies Judged);
  }
});

/** Quick tests run first, so the time is over before the slowest tests only. */
async function judge(
  index: number,
  tests: readonly RecordedTest[],
  milliseconds: number,
): Promise<Verdict> {
  const start = performance.now();
  for (const recorded of tests) {
    if (performance.now() - start > milliseconds) break;
    const verdict = await runWith(index, recorded);
    if (verdict !== 'passed') return verdict;
  }
  return unnoticed(index, tests);
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
