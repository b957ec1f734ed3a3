import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';

/** The files of src/ that are loaded with one of them: what it imports and what those import, not `import()`. */
export function loadedWith(entry: string): ReadonlySet<string> {
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
    const imports = text.matchAll(/^(?:import|export)(?! type\b)[^;]*? from '(\.[^']+)';/gm);
    for (const [, to = ''] of imports) visit(posix.normalize(posix.join(dirname(file), to)));
  };
  visit(entry);
  return loaded;
}
