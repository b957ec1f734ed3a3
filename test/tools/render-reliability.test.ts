import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { faults } from '../../tools/fault-table.ts';
import { faultTestsIn, readFaultTests } from '../../tools/read-fault-tests.ts';
import { renderReliability } from '../../tools/render-reliability.ts';

const tests = readFaultTests();

test('the catalogue has its 56 rows, each once', () => {
  expect(new Set(faults.map(({ id }) => id)).size).toBe(56);
  expect(faults).toHaveLength(56);
});

test.each(faults)(
  '$id has a test; what stays as it is by choice has a reason too',
  ({ id, choice }) => {
    expect(tests.some(({ ids }) => ids.includes(id))).toBe(true);
    expect(choice ?? 'A reason is a sentence.').toMatch(/^[A-Z`].{20,}\.$/);
  },
);

test('no test of a row can be left out of a run', () => {
  const sources = [...new Set(tests.map(({ file }) => file))].map((file) => ({
    file,
    source: readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'),
  }));
  expect(sources.length).toBeGreaterThan(30);
  const optional = /\b(?:test|it|describe)\.(?:skip|todo|only|skipIf|runIf|fails)\b/;
  expect(sources.filter(({ source }) => optional.test(source)).map(({ file }) => file)).toEqual([]);
});

test('no title begins with the id of a row that does not exist', () => {
  const known = new Set(faults.map(({ id }) => id));
  const unknown = tests.flatMap(({ ids }) => ids).filter((id) => !known.has(id));
  expect(unknown).toEqual([]);
});

test('faultTestsIn() reads ids and title, with the name of the group', () => {
  const source = [
    "test('A1 A18 one', () => {",
    "describe('an answer that', () => {",
    "  test.each(cases)('A2 drips %s', () => {",
    '});',
    "test('Apache 2 is no id', () => {",
  ].join('\n');
  expect(faultTestsIn(source)).toEqual([
    { ids: ['A1', 'A18'], title: 'one' },
    { ids: ['A2'], title: 'an answer that drips …' },
  ]);
});

test('renderReliability() keeps the text around the table', () => {
  const table =
    '<!-- begin: generated from the titles of the tests by `npm run generate`; do not edit -->';
  const rendered = renderReliability(`before\n${table}\nold\n<!-- end: generated -->\nafter\n`);
  expect(rendered).toMatch(/^before\n/);
  expect(rendered).toMatch(/\nafter\n$/);
  expect(rendered).not.toContain('\nold\n');
});
