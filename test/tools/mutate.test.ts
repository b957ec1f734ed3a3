import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findMutants } from '../../tools/mutate/find-mutants.ts';
import {
  applyMutant,
  guardLoops,
  noteReached,
  switchMutants,
} from '../../tools/mutate/rewrite-source.ts';
import { parseSource } from '../../tools/mutate/syntax-tree.ts';

const mutantsOf = (text: string) => findMutants(text).map((mutant) => applyMutant(text, mutant));

describe('findMutants()', () => {
  test.each<readonly [string, readonly string[]]>([
    ['x = a + b;', [';', 'x = a - b;']],
    ['x(a < b);', [';', 'x(a <= b);', 'x(a >= b);']],
    ['let x = a ?? !b;', ['let x = ((a) && (!b));', 'let x = a ?? b;']],
    ['if (a) b++;', ['if (true) b++;', 'if (false) b++;', 'if (a) b--;']],
    ['while (a) {}', ['while (false) {}']],
    ['function f() { return a; }', ['function f() { return undefined; }']],
    ['const f = () => ({ a });', ['const f = () => (undefined);']],
    [
      'const x = [0, 7, 3600, true];',
      [
        'const x = [1, 7, 3600, true];',
        'const x = [0, 8, 3600, true];',
        'const x = [0, 7, 0, true];',
        'const x = [0, 7, 3600, false];',
      ],
    ],
    ["const x = ['', 'a'];", ["const x = ['mutated', 'a'];", "const x = ['', ''];"]],
    [
      'const x = /^a\\d+$/m;',
      ['const x = /a\\d+$/m;', 'const x = /^a\\d+/m;', 'const x = /^a\\d$/m;'],
    ],
    ['const x = Math.min(a, b);', ['const x = Math.max(a, b);']],
    [
      "const \u00e9 = '\u{1f600}', x = a * b;",
      ["const \u00e9 = '', x = a * b;", "const \u00e9 = '\u{1f600}', x = a / b;"],
    ],
  ])('%s', (text, expected) => {
    expect(mutantsOf(text)).toEqual(expected);
  });

  test.each([
    "import { a } from 'b';",
    "export { a } from 'b';",
    "type A = 'b' | 1;",
    "interface A { readonly b: 'c'; }",
    "const a = { 'b-c': d };",
    'let a: Readonly<Record<string, 1>>;',
    "throw new Error('unreachable');",
    'const f = () => undefined;',
    'const x = a.toString();',
  ])('leaves names, types and what cannot be reached alone: %s', (text) => {
    expect(mutantsOf(text)).toEqual([]);
  });

  test('says the line of a change', () => {
    expect(findMutants('a;\n\nb = 1;').map(({ line }) => line)).toEqual([3, 3]);
  });
});

describe('a rewritten source', () => {
  test('notes which mutants are reached, and computes what it computed', () => {
    const text = 'const f = (a) => (a > 1 ? a * 2 : -a);';
    const mutants = findMutants(text);
    const reached = new Set<number>();
    const mutation = { reach: (index: number) => void reached.add(index), tick: () => undefined };
    const run = (argument: number): unknown =>
      new Function(
        'globalThis',
        'x',
        `${noteReached(text, new Map(mutants.entries()))} return f(x)`,
      )({ mutation }, argument);
    expect(run(3)).toBe(6);
    const untouched = mutants.filter((_, index) => !reached.has(index));
    expect(untouched.map((mutant) => applyMutant(text, mutant))).toEqual([
      'const f = (a) => (a > 1 ? a * 2 : a);',
    ]);
    expect(run(1)).toBe(-1);
    expect(reached.size).toBe(mutants.length);
  });

  test('contains all mutants, of which one is in force', () => {
    const text = 'const f = (a) => { if (a > 1) a *= 2; return a; };';
    const mutants = findMutants(text);
    const flags = new Uint8Array(mutants.length);
    const results = [-1, ...mutants.keys()].map((active): unknown =>
      new Function('globalThis', `${switchMutants(text, new Map(mutants.entries()))} return f(2)`)({
        mutation: { active, flags },
      }),
    );
    const alone = mutants.map((mutant): unknown =>
      new Function(`${applyMutant(text, mutant)} return f(2)`)(),
    );
    expect(results).toEqual([4, ...alone]);
    expect(new Set(alone)).toEqual(new Set([4, 2, 1, 6, undefined]));
    expect([...flags]).toEqual(mutants.map(() => 1));
  });

  test('gives the same result in any order of the mutants, also where one begins with another', () => {
    const text = 'const f = (a) => a === 1 || a === 2 ? a + 3 : a - 4;';
    const mutants = findMutants(text).toReversed();
    const results = [...mutants.keys()].map((active): unknown =>
      new Function('globalThis', `${switchMutants(text, new Map(mutants.entries()))} return f(2)`)({
        mutation: { active, flags: new Uint8Array(mutants.length) },
      }),
    );
    const alone = mutants.map((mutant): unknown =>
      new Function(`${applyMutant(text, mutant)} return f(2)`)(),
    );
    expect(results).toEqual(alone);
  });

  test.each([
    'while (true);',
    'for (;;) x += 1;',
    'do { x += 1 } while (true)',
    'for (const y of z) for (;;) {}',
  ])('ends a loop that does not end: %s', (text) => {
    let ticks = 0;
    const tick = () => {
      ticks += 1;
      if (ticks > 10) throw new Error('runs away');
    };
    const run = new Function('globalThis', `let x = 0, z = [1];${guardLoops(text)}`);
    expect(() => run({ mutation: { tick } })).toThrow('runs away');
  });

  test('is still TypeScript, for every mutant of a file of the exporter', () => {
    const text = readFileSync(new URL('../../src/derive/verdict.ts', import.meta.url), 'utf8');
    const mutants = findMutants(text);
    expect(mutants.length).toBeGreaterThan(50);
    for (const mutant of mutants) parseSource(guardLoops(applyMutant(text, mutant)));
    parseSource(guardLoops(noteReached(text, new Map(mutants.entries()))));
    parseSource(guardLoops(switchMutants(text, new Map(mutants.entries()))));
  });
});
