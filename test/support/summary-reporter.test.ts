import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { renderSummary, withExitCode } from './summary-reporter.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const REPORTER = fileURLToPath(new URL('summary-reporter.ts', import.meta.url));

interface Run {
  readonly test: string;
  readonly globalSetup?: string;
}

/** The last line that a run of one test file prints, stderr included. */
function lastLineOf(run: Run): string | undefined {
  return linesOf(run).at(-1);
}

function linesOf(run: Run): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'keepalive-summary-'));
  try {
    symlinkSync(MODULES, join(root, 'node_modules'));
    writeFileSync(
      join(root, 'one.test.ts'),
      `import { beforeAll, describe, it } from 'vitest';\n${run.test}`,
    );
    writeFileSync(join(root, 'setup.ts'), run.globalSetup ?? 'export default () => {};');
    writeFileSync(join(root, 'vitest.config.ts'), CONFIG);
    const args = [
      '-c',
      '"$0" "$1" run --root "$2" 2>&1',
      process.execPath,
      join(MODULES, 'vitest/vitest.mjs'),
      root,
    ];
    const { stdout } = spawnSync('sh', args, { encoding: 'utf8' });
    return stdout.trimEnd().split('\n');
  } finally {
    rmSync(root, { recursive: true });
  }
}

const CONFIG = `export default {
  test: { reporters: ['default', ${JSON.stringify(REPORTER)}], globalSetup: './setup.ts' },
};`;

describe('SummaryReporter', () => {
  it.each([
    ['passed tests', 'it("a", () => {}); it("b", () => {});', '2 passed, 0 failed'],
    [
      'passed, failed and skipped tests',
      'it("a", () => {}); it("b", () => { throw new Error("b"); }); it("c", ({ skip }) => skip());',
      '1 passed, 1 failed, 1 skipped',
    ],
    ['a file that does not load', 'throw new Error("broken");', '0 passed, 1 failed'],
    [
      'a suite whose hook throws',
      'describe("s", () => { beforeAll(() => { throw new Error("x"); }); it("a", () => {}); });',
      '0 passed, 1 failed, 1 skipped',
    ],
    [
      'an error outside any test',
      'it("a", () => { Promise.reject(new Error("nobody waits")); });',
      '1 passed, 1 failed',
    ],
  ])('SummaryReporter counts %s', (_, test, line) => {
    expect(lastLineOf({ test })).toBe(line);
  });

  it('SummaryReporter names a test that passed at the second attempt only, and why the first failed', () => {
    const test =
      'let attempt = 0; it("a", { retry: 1 }, () => { if (attempt++ === 0) throw new Error("one\\ntwo"); }); it("b", { retry: 1 }, () => {});';
    const lines = linesOf({ test });
    expect(lines.at(-1)).toBe('2 passed, 0 failed');
    expect(lines.slice(-4, -1)).toEqual([
      expect.stringMatching(/^passed at the second attempt: \S+one\.test\.ts > a$/),
      '  one',
      '  two',
    ]);
  });

  it('SummaryReporter counts a failed globalSetup, below the error that vitest prints', () => {
    const globalSetup = 'export default () => { throw new Error("no apache2"); };';
    expect(lastLineOf({ test: 'it("a", () => {});', globalSetup })).toBe('0 passed, 1 failed');
  });
});

describe('renderSummary()', () => {
  it('renderSummary() names skipped tests only when there are some', () => {
    expect(renderSummary({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(renderSummary({ passed: 3, failed: 0, skipped: 2 })).toBe(
      '3 passed, 0 failed, 2 skipped',
    );
  });
});

describe('withExitCode()', () => {
  it('withExitCode() adds a failure to a failed run without a failed test, and to no other', () => {
    const tally = { passed: 3, failed: 0, skipped: 0 };
    expect(withExitCode(tally, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(withExitCode(tally, 0)).toEqual(tally);
    expect(withExitCode({ ...tally, failed: 2 }, 1)).toEqual({ ...tally, failed: 2 });
  });
});
