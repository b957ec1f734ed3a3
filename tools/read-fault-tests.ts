import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface FaultTest {
  readonly ids: readonly string[];
  /** Without the ids, as a sentence. */
  readonly title: string;
  readonly file: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every test whose title begins with ids of faults, in the order of files and lines. */
export function readFaultTests(): readonly FaultTest[] {
  return (
    readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      // The test of this module has titles that are examples.
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

/** Titles are read from the source, so that the document does not depend on a test run. */
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

/** Placeholders of vitest stand for the cases of a table. */
function sentence(title: string): string {
  return title
    .trim()
    .replaceAll(/"?(?:%[sjd]|\$\w+)"?/g, '…')
    .replaceAll("\\'", "'");
}
