import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/doc-blocks.ts';

const text = readFileSync(join(repository, 'ARCHITECTURE.md'), 'utf8');

/** `io/dial.ts` below src/, and `test/architecture.test.ts` from the root. */
function stands(path: string): boolean {
  return existsSync(join(repository, 'src', path)) || existsSync(join(repository, path));
}

test('ARCHITECTURE.md names only files and folders that exist', () => {
  const named = [...text.matchAll(/(?<![\w./*-])(?:[a-z][\w-]*\/)+(?:[\w.-]+\.(?:ts|md|yml))?/g)];
  const paths = new Set(named.map(([path]) => path));
  expect(paths.size).toBeGreaterThan(80);
  expect([...paths].filter((path) => !stands(path))).toEqual([]);
});
