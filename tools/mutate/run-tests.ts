import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BaseSequencer,
  createVitest,
  type TestCase,
  type TestModule,
  type TestSpecification,
  type Vitest,
} from 'vitest/node';
import { runawayMessage } from './runaway.ts';

export type Outcome = 'passed' | 'failed' | 'timeout';

/** What one test file did when the sources were as they are. */
export interface TestFile {
  readonly path: string;
  /** Why it fails; undefined when it passes. */
  readonly failure: string | undefined;
  readonly milliseconds: number;
  /** Indices of the mutants whose expression it evaluates. */
  readonly reached: ReadonlySet<number>;
}

export interface TestRunner {
  /** Runs the test files in this order until one fails. */
  run(testFiles: readonly string[]): Promise<Outcome>;
  /** Runs all test files, each in a thread of its own. */
  runAll(): Promise<readonly TestFile[]>;
  /** Runs all test files in one thread, judge-mutants.ts last; ends it when its verdicts stop. */
  runJudged(verdicts: string): Promise<readonly TestFile[]>;
  /** The text that tests read instead of a source file; undefined for the file itself. */
  replace(path: string, text: string | undefined): void;
  close(): Promise<void>;
}

export interface JudgeTask {
  readonly mutants: readonly number[];
  /** The file for its verdicts. */
  readonly verdicts: string;
  /** For one mutant: the tests that are left after that do not run. */
  readonly milliseconds: number;
}

export interface RunnerOptions {
  readonly root: string;
  /** Glob of the test files. */
  readonly tests: string;
  /** Each test file in a thread of its own, and all of them whatever fails. */
  readonly apart: boolean;
  /** For judge-mutants.ts, which runs after the tests. */
  readonly judged?: JudgeTask;
}

const setup = new URL('./worker-setup.ts', import.meta.url);
const judge = fileURLToPath(new URL('./judge-mutants.ts', import.meta.url));
/** A hung thread is ended after so long; loops end themselves before (rewrite-source.ts). */
const watchdogMilliseconds = 120_000;
/** Of the processor, for the verdict on one mutant. */
const verdictMicroseconds = 15_000_000;

class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => Number(a.moduleId === judge) - Number(b.moduleId === judge));
  }
}

/** A vitest that stays warm and reads mutated sources from memory: no file is written. */
export async function createTestRunner(options: RunnerOptions): Promise<TestRunner> {
  const texts = new Map<string, string>();
  const reporter = createReporter();
  const vitest = await createVitest(
    'test',
    {
      config: false,
      root: options.root,
      watch: false,
      cache: false,
      include: [
        options.tests,
        ...(options.judged === undefined ? [] : ['tools/mutate/judge-mutants.ts']),
      ],
      provide: { task: options.judged ?? { mutants: [], verdicts: '', milliseconds: 0 } },
      setupFiles: [fileURLToPath(setup)],
      isolate: options.apart,
      bail: options.apart || options.judged !== undefined ? 0 : 1,
      pool: 'threads',
      maxWorkers: 1,
      // Without a timer for each of many repetitions.
      testTimeout: options.judged === undefined ? 60_000 : 0,
      hookTimeout: 60_000,
      sequence: { sequencer: InOrder },
      reporters: [reporter],
    },
    { plugins: [{ name: 'mutate', enforce: 'pre', transform: (_, id) => texts.get(id) }] },
  );
  const specifications = new Map(
    (await vitest.globTestSpecifications()).map((file) => [file.moduleId, file]),
  );
  return {
    async run(testFiles) {
      reporter.begin();
      const asked = testFiles.flatMap((file) => specifications.get(file) ?? []);
      const isHung = await runWatched(vitest, asked);
      return isHung ? 'timeout' : reporter.outcome();
    },
    async runAll() {
      reporter.begin();
      await vitest.runTestSpecifications([...specifications.values()]);
      return reporter.files();
    },
    async runJudged(verdicts) {
      reporter.begin();
      const stop = watch(vitest, verdicts);
      await vitest.runTestSpecifications([...specifications.values()]);
      stop();
      return reporter.files();
    },
    replace(path, text) {
      if (text === undefined) texts.delete(path);
      else texts.set(path, text);
      vitest.invalidateFile(path);
    },
    close: () => vitest.close(),
  };
}

/**
 * Ends the thread when it has computed for long and a file did not grow. Time of the processor: on a machine with other
 * work, a test that waits for the processor does not hang.
 */
function watch(vitest: Vitest, file: string): () => void {
  const sizeOf = () => statSync(file, { throwIfNoEntry: false })?.size ?? -1;
  let size = sizeOf();
  let computed = process.cpuUsage();
  const timer = setInterval(() => {
    const now = sizeOf();
    if (now !== size) computed = process.cpuUsage();
    size = now;
    const { user, system } = process.cpuUsage(computed);
    if (now >= 0 && user + system > verdictMicroseconds) cancel(vitest);
  }, 1000);
  return () => clearInterval(timer);
}

/** The first call asks, the second ends the thread. */
function cancel(vitest: Vitest): void {
  void vitest.cancelCurrentRun('keyboard-input');
  void vitest.cancelCurrentRun('keyboard-input');
}

/** Whether it had to be ended. */
async function runWatched(vitest: Vitest, files: TestSpecification[]): Promise<boolean> {
  let isHung = false;
  const watchdog = setTimeout(() => {
    isHung = true;
    cancel(vitest);
  }, watchdogMilliseconds);
  await vitest.runTestSpecifications(files);
  clearTimeout(watchdog);
  return isHung;
}

function createReporter() {
  let outcome: Outcome = 'passed';
  let files: TestFile[] = [];
  const fail = (messages: readonly string[]) => {
    outcome = messages.some((message) => message.includes(runawayMessage)) ? 'timeout' : 'failed';
  };
  return {
    begin() {
      outcome = 'passed';
      files = [];
    },
    outcome: () => outcome,
    files: () => files,
    onTestCaseResult(test: TestCase) {
      const { state, errors = [] } = test.result();
      if (state === 'failed') fail(errors.map(({ message }) => message));
    },
    onTestModuleEnd(module: TestModule) {
      const messages = messagesOf(module);
      if (messages.length > 0 && outcome === 'passed') fail(messages);
      files.push({
        path: module.moduleId,
        failure: messages[0],
        milliseconds: module.diagnostic().duration,
        reached: new Set(module.meta().reached),
      });
    },
    onTestRunEnd(_: unknown, errors: readonly { readonly message?: string }[]) {
      if (errors.length > 0 && outcome === 'passed')
        fail(errors.map(({ message = '' }) => message));
    },
  };
}

/** Why a test file fails; empty when it passes. */
function messagesOf(module: TestModule): readonly string[] {
  if (module.state() !== 'failed') return [];
  const failed = [...module.children.allTests('failed')];
  const errors = [...module.errors(), ...failed.flatMap((test) => test.result().errors ?? [])];
  return ['', ...errors.map(({ message }) => message)].slice(errors.length > 0 ? 1 : 0);
}

/** For people: a path below the directory where the command runs. */
export const shorten = (path: string): string => relative(process.cwd(), path);
