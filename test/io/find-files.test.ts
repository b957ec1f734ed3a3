import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFiles, newSearchBudget } from '../../src/io/find-files.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'find-files-'));
  const names = ['a.conf', 'b.conf', 'b.txt', '.hidden', 'aXbXc', 'x+y', 'sub/c.conf', 'sub/in/d'];
  for (const name of names) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), '');
  }
  await mkdir(join(root, 'wide'));
  for (let at = 0; at < 1001; at++) await mkdir(join(root, 'wide', `${at}`));
});
afterAll(() => rm(root, { recursive: true }));

describe('findFiles() finds what glob(3) finds', () => {
  test.each([
    ['a.conf', ['a.conf']],
    ['*.conf', ['a.conf', 'b.conf']],
    ['[ab].conf', ['a.conf', 'b.conf']],
    ['[!a]*f', ['b.conf']],
    ['?.txt', ['b.txt']],
    ['a*b*c', ['aXbXc']],
    ['a*c*b', []],
    ['a*conf*f', []],
    ['x+y*', ['x+y']],
    ['.h*', ['.hidden']],
    ['[z-a]', []],
    ['s*/c.conf', ['sub/c.conf']],
    ['sub', ['sub/c.conf', 'sub/in/d']],
    ['s*b', ['sub/c.conf', 'sub/in/d']],
    ['sub/*', ['sub/c.conf', 'sub/in/d']],
    ['none/*', []],
  ])('%s', async (pattern, wanted) => {
    const found = await findFiles(join(root, pattern));
    expect(found).toEqual({
      ok: true,
      value: { files: wanted.map((name) => join(root, name)), closed: [] },
    });
  });
});

test.each(['wide', 'wide/*', 'wide/*/*'])('%s fails: too many directories', async (pattern) => {
  expect(await findFiles(join(root, pattern))).toEqual({
    ok: false,
    error: 'more than 1000 directories; name the files',
  });
});

test('a pattern with many stars costs no more than one with few', async () => {
  await writeFile(join(root, 'a'.repeat(250)), '');
  expect(await findFiles(join(root, `${'*a'.repeat(100)}*b`))).toEqual({
    ok: true,
    value: { files: [], closed: [] },
  });
});

test('patterns of one configuration share a limit', async () => {
  const searched = newSearchBudget();
  const results = [];
  for (let at = 0; at < 8; at++) {
    results.push((await findFiles(join(root, 'wide', '[0-7]*', `x${at}*`), searched)).ok);
  }
  expect(results).toEqual([true, true, true, true, true, true, false, false]);
});
