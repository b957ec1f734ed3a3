import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../bench/seeded-random.ts';
import { judgeParser } from '../../tools/fuzz/judge-parser.ts';
import { mutateText, shrinkText } from '../../tools/fuzz/mutate-text.ts';
import { everyConfigParser, everyParser } from '../support/every-parser.ts';

const fuzz = new URL('../fixtures/fuzz/', import.meta.url);

const texts = ['seeds', 'texts'].flatMap((folder) =>
  readdirSync(new URL(folder, fuzz)).map(
    (name) => [name, readFileSync(new URL(`${folder}/${name}`, fuzz), 'latin1')] as const,
  ),
);

describe.each(texts)('%s', (_, text) => {
  test('B9 B13 real logs and pages, and texts that failed once, are accepted by every parser', () => {
    for (const [name, parse] of Object.entries(everyParser)) {
      expect({ name, complaint: judgeParser(parse, text, true) }).toEqual({ name });
    }
    for (const [name, parse] of Object.entries(everyConfigParser)) {
      expect({ name, complaint: judgeParser(parse, text, false) }).toEqual({ name });
    }
  });
});

test('mutateText() makes the same texts of the same seed', () => {
  const of = (seed: number) => mutateText('a text', 'another', createRandom(seed));
  expect(of(7)).toBe(of(7));
  expect(new Set([1, 2, 3, 4, 5].map(of)).size).toBeGreaterThan(1);
});

test('shrinkText() finds the shortest text that fails', () => {
  expect(
    shrinkText(`${'x'.repeat(1000)}<!${'y'.repeat(1000)}`, (text) => text.includes('<!')),
  ).toBe('<!');
});
