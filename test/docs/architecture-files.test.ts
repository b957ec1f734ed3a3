import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/doc-blocks.ts';

const text = readFileSync(join(repository, 'ARCHITECTURE.md'), 'utf8');

/** `io/dial.ts` below src/, and `test/architecture.test.ts` from the root. */
function locate(path: string): string | undefined {
  return [join(repository, 'src', path), join(repository, path)].find(existsSync);
}

test('ARCHITECTURE.md names only files and folders that exist', () => {
  const named = [...text.matchAll(/(?<![\w./*-])(?:[a-z][\w-]*\/)+(?:[\w.-]+\.(?:ts|md|yml))?/g)];
  const paths = new Set(named.map(([path]) => path));
  expect(paths.size).toBeGreaterThan(80);
  expect([...paths].filter((path) => locate(path) === undefined)).toEqual([]);
});

test('ARCHITECTURE.md names only code that stands in the file it names', () => {
  const named = [...text.matchAll(/`(\w+)` in\s+`([\w./-]+\.ts)`/g)];
  expect(named.length).toBeGreaterThan(4);
  const missing = named.filter(([, name = '', path = '']) => {
    const file = locate(path);
    return file === undefined || !readFileSync(file, 'utf8').includes(name);
  });
  expect(missing.map(([claim]) => claim)).toEqual([]);
});
