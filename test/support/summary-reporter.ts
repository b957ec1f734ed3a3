import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';

const RETRIED = 'passed at the second attempt';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Ends a run with the line `N passed, N failed`, for readers that look at nothing else.
 *
 * The line is written as the process exits: vitest prints the error of a failed globalSetup, and what teardown
 * says, only after onTestRunEnd. Until a run has ended it counts as one failure, so a crash cannot look green.
 */
export default class SummaryReporter implements Reporter {
  #tally: Tally = { passed: 0, failed: 1, skipped: 0 };
  #retried: readonly string[] = [];

  onInit(vitest: Vitest): void {
    if (vitest.config.watch) return;
    process.once('exit', (code) => {
      for (const line of this.#retried) process.stdout.write(`${line}\n`);
      process.stdout.write(`${renderSummary(withExitCode(this.#tally, code))}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.#tally = foldTally(modules, errors.length);
    this.#retried = listRetried(modules);
  }
}

export function renderSummary({ passed, failed, skipped }: Tally): string {
  const counted = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${counted}, ${skipped} skipped` : counted;
}

/** vitest exits non-zero without any failed test when a globalSetup throws or no test is found. */
export function withExitCode(tally: Tally, exitCode: number): Tally {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

export function foldTally(modules: readonly TestModule[], unhandledErrors: number): Tally {
  const states = modules.flatMap((module) => [...module.children.allTests()].map(stateOf));
  const count = (state: string): number => states.filter((each) => each === state).length;
  return {
    passed: count('passed'),
    // A test still pending when the run is over was interrupted: it did not pass.
    failed: count('failed') + count('pending') + brokenContainers(modules) + unhandledErrors,
    skipped: count('skipped'),
  };
}

/** A test that passed at its second attempt only: counted as passed, but a defect of the test or of the product. */
function listRetried(modules: readonly TestModule[]): readonly string[] {
  return modules
    .flatMap((module) => [...module.children.allTests()])
    .filter((test) => test.diagnostic()?.flaky)
    .map((test) => `${RETRIED}: ${test.module.moduleId} > ${test.fullName}${firstErrorOf(test)}`);
}

/** vitest keeps the errors of an attempt that failed, and prints them only when the last attempt fails too. */
function firstErrorOf(test: TestCase): string {
  const message = test.result().errors?.[0]?.message;
  return message === undefined ? '' : `\n  ${message.replaceAll('\n', '\n  ')}`;
}

function stateOf(test: TestCase): string {
  return test.result().state;
}

/** Files that do not load and suites whose hooks throw: their tests never run, so they count themselves. */
function brokenContainers(modules: readonly TestModule[]): number {
  const containers: (TestModule | TestSuite)[] = modules.flatMap((module) => [
    module,
    ...module.children.allSuites(),
  ]);
  return containers.filter((container) => container.errors().length > 0).length;
}
