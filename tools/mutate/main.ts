import { readdirSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '../../bench/seeded-random.ts';
import { findMutants, type Mutant } from './find-mutants.ts';
import { applyMutant, guardLoops, noteReached } from './rewrite-source.ts';
import { createTestRunner, type Outcome, shorten, type TestFile } from './run-tests.ts';

/**
 * `npm run mutate -- --files GLOB --sample N --seed S`: changes one operator, literal, condition, returned value or
 * statement at a time and runs the unit tests that evaluate it. What no test notices is printed. The sources on disk
 * stay as they are. The same seed picks the same mutants while the files are the same.
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: 'src/{derive,parse}/**/*.ts' },
    // The two that are left out judge time and memory: they take the longest, and notice no wrong figure.
    tests: {
      type: 'string',
      default: 'test/{derive,parse}/**/!(linear-work|bounded-results).test.ts',
    },
    sample: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
  },
});
const sample = Number(values.sample);
const seed = Number(values.seed);
if (!(sample > 0) || !Number.isInteger(seed)) {
  console.error('--sample and --seed want a number');
  process.exit(2);
}

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Placed extends Mutant {
  readonly path: string;
}

/** As many as asked for, picked at random, in the order of their files. */
function pickMutants(all: readonly Placed[]): readonly Placed[] {
  const random = createRandom(seed);
  return all
    .map((mutant) => ({ mutant, rank: random.next() }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, sample)
    .map(({ mutant }) => mutant)
    .toSorted((a, b) => a.path.localeCompare(b.path) || a.start - b.start);
}

/** Which mutants each test file evaluates. Ends the program when a test fails without a mutant. */
async function observeTests(mutants: readonly Placed[]): Promise<readonly TestFile[]> {
  const runner = await createTestRunner({ root, tests: values.tests, apart: true });
  for (const path of new Set(mutants.map((mutant) => mutant.path))) {
    const numbered = new Map([...mutants.entries()].filter(([, mutant]) => mutant.path === path));
    runner.replace(path, guardLoops(noteReached(readFileSync(path, 'utf8'), numbered)));
  }
  const files = await runner.runAll();
  await runner.close();
  const failed = files.filter(({ failure }) => failure !== undefined);
  for (const { path, failure } of failed)
    console.error(`fails without a mutant: ${shorten(path)}: ${failure}`);
  if (failed.length > 0 || files.length === 0) process.exit(1);
  return files;
}

/** The tests of the same folder first, then the quick ones: a mutant is mostly noticed by the first. */
function testsOf(index: number, { path }: Placed, tests: readonly TestFile[]): readonly string[] {
  const folder = path.slice(root.length).split('/')[1] ?? '';
  const isNear = (test: TestFile) => test.path.slice(root.length).startsWith(`test/${folder}/`);
  return tests
    .filter(({ reached }) => reached.has(index))
    .toSorted((a, b) => Number(isNear(b)) - Number(isNear(a)) || a.milliseconds - b.milliseconds)
    .map((test) => test.path);
}

function describe({ path, line, start, end, replacement }: Placed): string {
  const was = readFileSync(path, 'utf8').slice(start, end).replace(/\s+/g, ' ');
  return `${shorten(path)}:${line}  ${was.slice(0, 70)}  ->  ${replacement.slice(0, 40)}`;
}

const paths = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .map((name) => `src/${name}`)
  .filter((name) => name.endsWith('.ts') && matchesGlob(name, values.files))
  .map((name) => `${root}${name}`);
const all = paths.flatMap((path) =>
  findMutants(readFileSync(path, 'utf8')).map((mutant) => ({ ...mutant, path })),
);
const mutants = pickMutants(all);
console.log(`${mutants.length} of ${all.length} mutants in ${paths.length} files, seed ${seed}`);
const tests = await observeTests(mutants);
console.log(`${tests.length} test files pass without a mutant`);

const runner = await createTestRunner({ root, tests: values.tests, apart: false });
const counts: Record<Outcome, number> = { passed: 0, failed: 0, timeout: 0 };
let unreached = 0;
for (const [index, mutant] of mutants.entries()) {
  const related = testsOf(index, mutant, tests);
  runner.replace(mutant.path, guardLoops(applyMutant(readFileSync(mutant.path, 'utf8'), mutant)));
  const outcome = related.length === 0 ? 'passed' : await runner.run(related);
  runner.replace(mutant.path, undefined);
  counts[outcome] += 1;
  if (index % 50 === 49) console.log(`${index + 1} of ${mutants.length}`);
  if (related.length === 0) unreached += 1;
  if (outcome !== 'failed') {
    const how = outcome === 'timeout' ? 'TIMEOUT ' : related.length === 0 ? 'UNTESTED' : 'SURVIVED';
    console.log(`${how} ${describe(mutant)}`);
  }
}
await runner.close();
const score = Math.round((100 * (counts.failed + counts.timeout)) / mutants.length);
console.log(
  `${score} %: ${counts.failed} killed, ${counts.timeout} timeouts, ${counts.passed} survived, ${unreached} of them without a test`,
);
