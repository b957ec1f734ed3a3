import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutant } from './find-mutants.ts';
import { applyMutant, guardLoops, noteReached, switchMutants } from './rewrite-source.ts';
import { createTestRunner, type JudgeTask, shorten, type TestFile } from './run-tests.ts';
import type { Judged, Verdict } from './verdict.ts';

export interface Placed extends Mutant {
  readonly path: string;
}

/** By the index of the mutant. */
export type Verdicts = ReadonlyMap<number, Verdict>;

export interface JudgeOptions {
  readonly root: string;
  /** Glob of the test files. */
  readonly tests: string;
  readonly mutants: readonly Placed[];
}

/** The first pass leaves out the slow tests of a mutant; the second repeats with them what no quick test noticed. */
const passes = [300, 5000];

/**
 * Loads the tests once, with all mutants in the sources, and repeats single tests with one mutant in force. A mutant
 * that ends the thread or hangs it is a timeout, and a new thread judges the rest.
 */
export async function judgeQuickly(options: JudgeOptions): Promise<Verdicts> {
  const directory = mkdtempSync(join(tmpdir(), 'mutate-'));
  let verdicts = new Map<number, Verdict>();
  try {
    for (const milliseconds of passes) {
      const open = [...options.mutants.keys()].filter((index) => isOpen(verdicts.get(index)));
      const judged = await judgePass(options, { open, milliseconds, directory });
      verdicts = new Map([...verdicts, ...judged]);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  return verdicts;
}

const isOpen = (verdict: Verdict | undefined): boolean =>
  verdict === undefined || verdict === 'passed' || verdict === 'loaded';

interface Pass {
  readonly open: readonly number[];
  readonly milliseconds: number;
  readonly directory: string;
}

async function judgePass(
  options: JudgeOptions,
  { open, milliseconds, directory }: Pass,
): Promise<Verdicts> {
  const verdicts = new Map<number, Verdict>();
  for (let run = 0; verdicts.size < open.length; run += 1) {
    const before = verdicts.size;
    const mutants = open.filter((index) => !verdicts.has(index));
    const file = join(directory, `${milliseconds}-${run}.jsonl`);
    await judgeInOneThread(options, { mutants, verdicts: file, milliseconds });
    readVerdicts(file, verdicts);
    if (verdicts.size === before) throw new Error('the tests do not run with mutants in them');
    console.log(`${verdicts.size} of ${open.length}`);
  }
  return verdicts;
}

async function judgeInOneThread(
  { root, tests, mutants }: JudgeOptions,
  task: JudgeTask,
): Promise<void> {
  const runner = await createTestRunner({ root, tests, apart: false, judged: task });
  for (const [path, numbered] of byPath(mutants, task.mutants))
    runner.replace(path, guardLoops(switchMutants(readFileSync(path, 'utf8'), numbered)));
  const files = await runner.runJudged(task.verdicts);
  await runner.close();
  for (const { path, failure } of files)
    if (failure !== undefined) console.error(`${shorten(path)}: ${failure}`);
}

function readVerdicts(file: string, verdicts: Map<number, Verdict>): void {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  let begun: number | undefined;
  for (const line of lines) {
    const entry: Partial<Judged> & { readonly begun?: number } = JSON.parse(line);
    begun = entry.begun;
    if (entry.index !== undefined && entry.verdict !== undefined)
      verdicts.set(entry.index, entry.verdict);
  }
  if (begun !== undefined) verdicts.set(begun, 'timeout');
}

function byPath(
  mutants: readonly Placed[],
  indices: readonly number[],
): ReadonlyMap<string, ReadonlyMap<number, Mutant>> {
  const paths = new Map<string, Map<number, Mutant>>();
  for (const index of indices) {
    const mutant = mutants[index];
    if (mutant === undefined) continue;
    const numbered = paths.get(mutant.path) ?? new Map<number, Mutant>();
    paths.set(mutant.path, numbered.set(index, mutant));
  }
  return paths;
}

/** Loads the tests again for each mutant that acts while a module is loaded: about a second each. */
export async function judgeLoaded(
  { root, tests, mutants }: JudgeOptions,
  quick: Verdicts,
): Promise<Verdicts> {
  const verdicts = new Map(quick);
  const open = [...quick].filter(([, verdict]) => verdict === 'loaded').map(([index]) => index);
  if (open.length === 0) return verdicts;
  const files = await observeTests({ root, tests, mutants }, open);
  const runner = await createTestRunner({ root, tests, apart: false });
  for (const [done, index] of open.entries()) {
    const mutant = mutants[index];
    if (mutant === undefined) continue;
    const related = testsOf(index, mutant.path.slice(root.length), files, root);
    const text = readFileSync(mutant.path, 'utf8');
    runner.replace(mutant.path, guardLoops(applyMutant(text, mutant)));
    verdicts.set(index, related.length === 0 ? 'untested' : await runner.run(related));
    runner.replace(mutant.path, undefined);
    if (done % 50 === 49) console.log(`${done + 1} of ${open.length} that act when loaded`);
  }
  await runner.close();
  return verdicts;
}

/** Which mutants each test file evaluates. */
async function observeTests(
  { root, tests, mutants }: JudgeOptions,
  open: readonly number[],
): Promise<readonly TestFile[]> {
  const runner = await createTestRunner({ root, tests, apart: true });
  for (const [path, numbered] of byPath(mutants, open))
    runner.replace(path, guardLoops(noteReached(readFileSync(path, 'utf8'), numbered)));
  const files = await runner.runAll();
  await runner.close();
  return files;
}

/** The tests of the same folder first, then the quick ones: a mutant is mostly noticed by the first. */
function testsOf(
  index: number,
  path: string,
  tests: readonly TestFile[],
  root: string,
): readonly string[] {
  const folder = path.split('/')[1] ?? '';
  const name = path.split('/').at(-1)?.replace('.ts', '') ?? '';
  const distance = (test: TestFile) => {
    if (test.path.endsWith(`/${name}.test.ts`)) return 0;
    return test.path.slice(root.length).startsWith(`test/${folder}/`) ? 1 : 2;
  };
  return tests
    .filter(({ reached }) => reached.has(index))
    .toSorted((a, b) => distance(a) - distance(b) || a.milliseconds - b.milliseconds)
    .map((test) => test.path);
}
