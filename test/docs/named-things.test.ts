import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { docFiles, repository } from '../support/doc-blocks.ts';

const read = (file: string) => readFileSync(join(repository, file), 'utf8');

/** The changelog also names what a version has renamed or removed. */
const pages = [...docFiles, 'SECURITY.md'].filter((file) => file !== 'CHANGELOG.md');

const named = (file: string, pattern: RegExp): readonly string[] => [
  ...new Set([...read(file).matchAll(pattern)].map(([, name = '']) => name)),
];

const inRepository =
  /`((?:src|test|docs|deploy|alerts|dashboards|tools|bench|drill|\.github)\/[\w./-]+)`/g;

test.each(pages)('%s: the files and folders it names exist', (file) => {
  const missing = named(file, inRepository).filter((path) => !existsSync(join(repository, path)));
  expect(missing).toEqual([]);
});

test('the documents name many files', () => {
  expect(pages.flatMap((file) => named(file, inRepository)).length).toBeGreaterThan(100);
});

const metrics = read('docs/metrics.md');

test.each(pages)('%s: the metrics it names are in docs/metrics.md', (file) => {
  const names = named(
    file,
    /(?<!:)\b((?:webserver|keepalive_exporter)_[a-z0-9_]*[a-z0-9])\b(?!:)/g,
  );
  const unknown = names.filter((name) => {
    const family = name.replace(/_(?:bucket|count|sum)$/, '');
    // `webserver_log_*` is a prefix.
    return !metrics.includes(`\`${family}\``) && !metrics.includes(`\`${family}_`);
  });
  expect(unknown).toEqual([]);
});

const flags = read('docs/flags.md');
/** Of vitest, npm, and the tools of this repository. */
const ofOtherCommands = ['--retry', '--omit', '--minutes'];

test.each(pages)('%s: the flags it names are in docs/flags.md', (file) => {
  const unknown = named(file, /`(--[a-z][\w.-]*)/g).filter(
    (flag) => !flags.includes(`\`${flag}`) && !ofOtherCommands.includes(flag),
  );
  expect(unknown).toEqual([]);
});
