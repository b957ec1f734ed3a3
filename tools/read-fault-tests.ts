import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface FaultTest {
  readonly ids: readonly string[];
  /** The title without the ids, as a sentence. */
  readonly title: string;
  readonly file: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every test whose title starts with ids of faults, by file and position. */
export function readFaultTests(): readonly FaultTest[] {
  return (
    readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      // Its own test contains example titles.
      .filter((file) => file.endsWith('.test.ts') && !file.endsWith('render-reliability.test.ts'))
      .toSorted()
      .flatMap((file) => {
        const path = join(root, 'test', file);
        const place = relative(root, path).replaceAll('\\', '/');
        return faultTestsIn(readFileSync(path, 'utf8')).map((test) => ({ ...test, file: place }));
      })
  );
}

const titled = /(['"`])((?:[A-E]\d{1,2} )+)((?:\\.|(?!\1).)+)\1/g;
const describeBegins = /^describe(?:\.each\(.*\))?\((['"`])(.*)\1, /;

/** Reads titles from the source, so that they do not depend on a run. */
export function faultTestsIn(source: string): readonly Omit<FaultTest, 'file'>[] {
  let group = '';
  return source.split('\n').flatMap((line) => {
    group = describeBegins.exec(line)?.[2] ?? (/^\S/.test(line) ? '' : group);
    return [...line.matchAll(titled)].map(([, , ids = '', title = '']) => ({
      ids: ids.trim().split(' '),
      title: sentence(`${group} ${title}`),
    }));
  });
}

/** Replaces the placeholders that vitest fills from a table of cases. */
function sentence(title: string): string {
  return title
    .trim()
    .replaceAll(/"?(?:%[sjd]|\$\w+)"?/g, '…')
    .replaceAll("\\'", "'");
}
