import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Forms that need a second reading, and what to write instead. docs/glossary.md has the terms. */
const banned: readonly { readonly form: RegExp; readonly instead: string }[] = [
  { form: /\banew\b/i, instead: 'again' },
  { form: /\b(?:hurry|hurries|impatien\w+)\b/i, instead: 'a caller with less time, giveUp' },
  {
    form: /\b(?:an?|one|each|every|the|this|that|next|first|last|latest|shared) looks?\b(?!-| like)/i,
    instead: 'poll, observation or view',
  },
  {
    form: /\b(?:looks?|looked|looking) at (?:a |each |its |the )?(?:targets?|servers?)\b/i,
    instead: 'poll',
  },
  {
    form: /\b(?:is|are) no (?:[A-Z]{2,}|valid|number|file|path|host|port|url|address|target|directory)\b/,
    instead: 'is not a',
  },
  { form: /\bbelongs? into\b/i, instead: 'belongs in' },
  { form: /\b(?:any|no|every)body's\b/i, instead: 'name who' },
  { form: /\btaken for good\b/i, instead: 'in use and not reclaimable' },
  { form: /\bin words\b/i, instead: 'as text' },
  { form: /\b(?:cannot|can) be had\b/i, instead: 'is (not) available' },
  { form: /\bwrong alarms?\b/i, instead: 'false positive' },
  { form: /\bwhoever\b/i, instead: 'a client that, a person who' },
  { form: /\bnothing of (?:before|the machine|it)\b/i, instead: 'name what' },
  { form: /\bcosts? continuity\b/i, instead: 'restarts the counters' },
  { form: /\bfalls? silent\b/i, instead: 'cannot answer' },
];

/** Names that say nothing, or something else. */
const bannedNames =
  /\b(?:hurry|impatience|viewOfSilence|passVerdict|evidences|noSamples|tells|gives|said|told|saidNothing\w*)\b/;

function filesBelow(directory: string, ending: RegExp): readonly string[] {
  return readdirSync(`${root}${directory}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file) && !file.includes('node_modules'))
    .map((file) => `${directory}/${file}`);
}

const prose = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...filesBelow('docs', /\.md$/),
  ...filesBelow('src', /\.ts$/),
  ...filesBelow('dashboards/src', /\.ts$/),
  ...filesBelow('alerts', /\.(?:yml|md)$/),
  ...filesBelow('deploy', /\.(?:ya?ml|md|txt|service)$/),
];

const sources = filesBelow('src', /\.ts$/);

function linesOf(file: string): readonly string[] {
  return readFileSync(`${root}${file}`, 'utf8').split('\n');
}

test('the files that people read are found', () => {
  expect(prose.length).toBeGreaterThan(500);
  expect(sources.length).toBeGreaterThan(300);
});

test.each([
  'read the file anew',
  'a caller in a hurry',
  'the last look at it',
  '"x" is no HOST:PORT',
  'said in words',
  'a wrong alarm',
])('a banned form is recognised in: %s', (sentence) => {
  expect(banned.filter(({ form }) => form.test(sentence))).toHaveLength(1);
});

test.each(banned)('nothing a person reads says $form; write "$instead"', ({ form }) => {
  const found = prose.flatMap((file) =>
    linesOf(file).flatMap((line, index) =>
      form.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
    ),
  );
  expect(found).toEqual([]);
});

test('names say what a thing is', () => {
  const found = sources.flatMap((file) =>
    linesOf(file).flatMap((line, index) => {
      const code = line.replace(
        /^\s*(?:\/?\*|\/\/).*|'(?:[^'\\]|\\.)*'|`[^`]*`|`.*|\/\*.*?\*\/|\/\/ .*$/g,
        '',
      );
      return bannedNames.test(code) ? [`${file}:${index + 1}: ${line.trim()}`] : [];
    }),
  );
  expect(found).toEqual([]);
});
