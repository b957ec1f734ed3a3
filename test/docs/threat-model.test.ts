import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/doc-blocks.ts';

/** Rows of the table: who controls, could try, what stops it, test. */
const rows = readFileSync(join(repository, 'docs/threat-model.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('the threat model has its claims', () => {
  expect(rows.length).toBeGreaterThan(10);
});

test.each(rows.map((cells) => [cells[1] ?? '', cells[3] ?? ''] as const))(
  '%s: its test exists',
  (_, proof) => {
    const files = [...proof.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file ?? '');
    const names = [...proof.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? '');
    expect(files).not.toEqual([]);
    const texts = files.map((file) => readFileSync(join(repository, file), 'utf8')).join('\n');
    for (const name of names) expect(texts).toContain(name);
    expect(names).not.toEqual([]);
  },
);
