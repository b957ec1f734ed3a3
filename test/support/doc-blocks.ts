import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface DocBlock {
  /** `docs/logs.md:21`, the line of its first fence. */
  readonly place: string;
  /** What follows the fence; empty for plain text. */
  readonly language: string;
  readonly text: string;
}

export const repository = fileURLToPath(new URL('../../', import.meta.url));

/** All pages written by hand; docs/metrics.md and its like are generated and have no blocks. */
export const docFiles: readonly string[] = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'alerts/README.md',
  ...readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** The fenced blocks of one page, in order. */
export function docBlocks(file: string): readonly DocBlock[] {
  const text = readFileSync(join(repository, file), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    place: `${file}:${text.slice(0, match.index).split('\n').length}`,
    language: match[1] ?? '',
    text: match[2] ?? '',
  }));
}

/** The only block of a language on a page, or the one that holds a text. */
export function docBlock(file: string, language: string, holding = ''): string {
  const found = docBlocks(file).filter(
    (block) => block.language === language && block.text.includes(holding),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${file} has ${found.length} blocks of ${language} with "${holding}", not 1`);
  }
  return only.text;
}
