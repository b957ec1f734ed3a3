import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { createRandom, type SeededRandom } from '../../bench/seeded-random.ts';
import { everyConfigParser, everyParser } from '../../test/support/every-parser.ts';
import { runTailProgram, type TailStep, tailPrograms } from '../../test/support/tail-program.ts';
import { judgeParser } from './judge-parser.ts';
import { mutateText, shrinkText } from './mutate-text.ts';

/**
 * `npm run fuzz -- --minutes N --seed S`: half of the time runs every parser on mutated pages and logs, half of the time
 * the tail reader on random programs. Failures are shortened, printed and kept in test/fixtures/fuzz, where the unit tests
 * run them. The same seed makes the same texts and programs in the same order.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes ?? 1);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('--minutes and --seed need a number');
  process.exit(2);
}

const fixtures = new URL('../../test/fixtures/', import.meta.url);
const halfMilliseconds = minutes * 30_000;

function keepFailure(folder: string, content: string): void {
  const name = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const directory = new URL(`fuzz/${folder}/`, fixtures);
  mkdirSync(directory, { recursive: true });
  writeFileSync(new URL(`${name}.txt`, directory), content, 'latin1');
  console.log(`  kept as test/fixtures/fuzz/${folder}/${name}.txt`);
}

function readTexts(folder: URL): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(new URL(name, folder), 'latin1'));
}

function fuzzParsers(random: SeededRandom): number {
  const [first = '', ...more] = [
    ...readTexts(fixtures),
    ...readTexts(new URL('fuzz/seeds/', fixtures)),
  ];
  const parsers = [
    ...Object.entries(everyParser).map(([name, parse]) => ({ name, parse, isBounded: true })),
    ...Object.entries(everyConfigParser).map(([name, parse]) => ({
      name,
      parse,
      isBounded: false,
    })),
  ];
  const failed = new Set<string>();
  let texts = 0;
  for (const endsAt = performance.now() + halfMilliseconds; performance.now() < endsAt; texts++) {
    const text = mutateText(random.pick([first, ...more]), random.pick([first, ...more]), random);
    for (const { name, parse, isBounded } of parsers) {
      const complaint = judgeParser(parse, text, isBounded);
      if (complaint === undefined || failed.has(name)) continue;
      failed.add(name);
      const fails = (shorter: string) => judgeParser(parse, shorter, isBounded) !== undefined;
      console.log(`FAILED ${name}: ${complaint}`);
      keepFailure('texts', shrinkText(text, fails));
    }
  }
  console.log(`${texts} texts against ${parsers.length} parsers, ${failed.size} parsers failed`);
  return failed.size;
}

/** The steps of the shortest failing program; undefined if every program counted each line once. */
async function fuzzTailReader(): Promise<readonly TailStep[] | undefined> {
  const property = fc.asyncProperty(tailPrograms(60), async (program) => {
    const { seen, written } = await runTailProgram(program);
    return JSON.stringify(seen) === JSON.stringify(written);
  });
  const result = await fc.check(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: halfMilliseconds,
  });
  console.log(
    `${result.numRuns} programs of the tail reader, ${result.failed ? 'FAILED' : '0 failed'}`,
  );
  return result.failed ? result.counterexample?.[0] : undefined;
}

console.log(`fuzz: ${minutes} minutes, seed ${seed}`);
const failures = fuzzParsers(createRandom(seed));
const program = await fuzzTailReader();
if (program !== undefined) {
  console.log(`  shortest: ${program.join(' ')}`);
  keepFailure('tail-programs', JSON.stringify(program));
}
process.exitCode = failures > 0 || program !== undefined ? 1 : 0;
