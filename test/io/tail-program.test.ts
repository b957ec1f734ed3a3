import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  renamingPrograms,
  runTailProgram,
  type TailStep,
  tailPrograms,
  tailSteps,
} from '../support/tail-program.ts';

const kept = new URL('../fixtures/fuzz/tail-programs/', import.meta.url);

/** The seed is fixed. `npm run fuzz` searches with random seeds, and failures are kept as fixtures. */
test('B1 B2 B3 B7 B17 random programs of writes, rotations, stops and crashes count each line once', async () => {
  await fc.assert(
    fc.asyncProperty(tailPrograms(), async (program) => {
      const { seen, written } = await runTailProgram(program);
      expect(seen).toEqual(written);
    }),
    { seed: 18, numRuns: 60 },
  );
});

test.each<readonly [string, readonly TailStep[]]>([
  ['were read after the last save', ['save', 'write', 'check', 'crash']],
  [
    'were rotated away after they were read',
    ['save', 'write', 'check', 'rename', 'check', 'crash'],
  ],
  ['were never read', ['save', 'write', 'crash']],
])('B1 B17 lines that %s are counted after a crash', async (_, program) => {
  const { seen, written } = await runTailProgram(program);
  expect(seen).toEqual(written);
});

test.each(readdirSync(kept))(
  'B1 B17 the program %s, which failed once, counts each line once',
  async (name) => {
    const steps: unknown = JSON.parse(readFileSync(new URL(name, kept), 'utf8'));
    const program = tailSteps.length > 0 && Array.isArray(steps) ? steps.filter(isStep) : [];
    const { seen, written } = await runTailProgram(program);
    expect(seen).toEqual(written);
  },
);

test.each<readonly [string, readonly TailStep[]]>([
  ['a log of one line between two checks', ['rename_dated', 'rename_dated']],
  ['two logs between two checks', ['rename_dated', 'rename_dated', 'rename_dated', 'write']],
  ['an empty log between two checks', ['rename_reopen', 'rename_reopen', 'check', 'write_late']],
  ['the same, before a restart', ['rename_reopen', 'rename_reopen', 'stop', 'write_late']],
  ['logs between two checks with numbers that rise', ['rename', 'check', 'rename_twice']],
  ['logs during a restart', ['rename', 'stop', 'rename_twice', 'rename_dated', 'start']],
])('B1 B2 of logs of equal lines, %s is read, each line once', async (_, program) => {
  const { seen, written } = await runTailProgram(program, { lines: 'alike' });
  expect(seen).toHaveLength(written.length);
});

test('B1 B2 random programs of renames count each of equal lines once', async () => {
  await fc.assert(
    fc.asyncProperty(renamingPrograms(), async (program) => {
      const { seen, written } = await runTailProgram(program, { lines: 'alike' });
      expect(seen).toHaveLength(written.length);
    }),
    { seed: 12, numRuns: 30 },
  );
});

function isStep(value: unknown): value is TailStep {
  return tailSteps.some((step) => step === value);
}
