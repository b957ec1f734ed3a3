import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { docFiles, repository } from '../support/doc-blocks.ts';

/** As GitHub makes them: lower case, hyphens for spaces, no other punctuation. */
function anchorsOf(file: string): readonly string[] {
  const text = readFileSync(join(repository, file), 'utf8').replaceAll(/^```.*?^```$/gms, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(docFiles)('%s: every link to a heading leads to one', (file) => {
  const text = readFileSync(join(repository, file), 'utf8');
  for (const [, path = '', anchor = ''] of text.matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)) {
    const target = path === '' ? file : join(dirname(file), path);
    expect(existsSync(join(repository, target)), target).toBe(true);
    expect(anchorsOf(target), `${target}#${anchor}`).toContain(anchor);
  }
});
