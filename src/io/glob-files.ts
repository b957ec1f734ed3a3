import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Most directories one pattern may open. */
const mostDirectories = 5000;

/** Files that a glob(3) pattern names, sorted: `*`, `?` and `[a-z]` in any part of the path. */
export async function globFiles(pattern: string): Promise<readonly string[]> {
  const parts = pattern.split('/').filter((part) => part !== '');
  let places: readonly string[] = ['/'];
  let opened = 0;
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (!isPattern(part)) {
      places = places.map((place) => join(place, part));
      continue;
    }
    opened += places.length;
    if (opened > mostDirectories) return [];
    const wanted = globExpression(part);
    const found = await Promise.all(places.map((place) => listMatching(place, wanted, isLast)));
    places = found.flat();
  }
  return places;
}

export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

async function listMatching(
  directory: string,
  wanted: RegExp,
  isLast: boolean,
): Promise<readonly string[]> {
  const entries: readonly Dirent[] = await readdir(directory, { withFileTypes: true }).catch(
    () => [],
  );
  return entries
    .filter((entry) => wanted.test(entry.name) && (isLast || !entry.isFile()))
    .map(({ name }) => name)
    .sort()
    .map((name) => join(directory, name));
}

function globExpression(glob: string): RegExp {
  const source = glob.replace(/\[!?[^\]]+\]|\*+|[.+^${}()|\\?[\]]/g, (piece) => {
    if (piece.startsWith('*')) return '.*';
    if (piece === '?') return '.';
    if (piece.length > 1) return piece.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${piece}`;
  });
  try {
    return new RegExp(`^(?!\\.)${source}$`, 's');
  } catch {
    // A range that runs backwards, as in [z-a], matches nothing.
    return /^\b$/;
  }
}
