import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '../../bench/seeded-random.ts';
import { findMutants } from './find-mutants.ts';
import { judgeLoaded, judgeQuickly, type Placed, type Verdicts } from './judge.ts';
import { reportVerdicts } from './report.ts';

/**
 * `npm run mutate -- --files GLOB --sample N --seed S --into FILE`: changes one operator, literal, condition, returned
 * value or statement at a time and runs the unit tests that evaluate it. What no test notices is printed. The sources
 * on disk stay as they are. The same seed picks the same mutants while the files are the same.
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: 'src/{derive,parse}/**/*.ts' },
    // Left out: two that judge time and memory and notice no wrong figure, and one that no thread can run.
    tests: {
      type: 'string',
      default:
        'test/{derive,parse,metrics,page,audit}/**/!(linear-work|bounded-results|hostile-trees).test.ts',
    },
    sample: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    into: { type: 'string' },
  },
});
const sample = Number(values.sample);
const seed = Number(values.seed);
if (!(sample > 0) || !Number.isInteger(seed)) {
  console.error('--sample and --seed want a number');
  process.exit(2);
}

const root = fileURLToPath(new URL('../../', import.meta.url));

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

const paths = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .map((name) => `src/${name}`)
  .filter((name) => name.endsWith('.ts') && matchesGlob(name, values.files))
  .map((name) => `${root}${name}`);
const all = paths.flatMap((path) =>
  findMutants(readFileSync(path, 'utf8')).map((mutant) => ({ ...mutant, path })),
);
const mutants = pickMutants(all);
console.log(`${mutants.length} of ${all.length} mutants in ${paths.length} files, seed ${seed}`);

const options = { root, tests: values.tests, mutants };
const report = (verdicts: Verdicts) => {
  const text = reportVerdicts(mutants, verdicts, root);
  if (values.into !== undefined) writeFileSync(values.into, text);
  return text;
};
const quick = await judgeQuickly(options);
const loaded = [...quick.values()].filter((verdict) => verdict === 'loaded').length;
report(quick);
console.log(`${loaded} mutants act while a module is loaded; the tests are loaded again for each`);
console.log(report(await judgeLoaded(options, quick)));
