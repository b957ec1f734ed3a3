import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namedFormats } from '../../src/parse/log-format/named-formats.ts';
import { repository } from '../support/doc-blocks.ts';

test('docs/log-formats.md names every named format, and no other', () => {
  const text = readFileSync(join(repository, 'docs/log-formats.md'), 'utf8');
  const table = text.slice(text.indexOf('| name |'), text.indexOf('| metric |'));
  const named = [...table.matchAll(/^\|(.*?)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(named.toSorted()).toEqual([...Object.keys(namedFormats), 'json'].toSorted());
});
