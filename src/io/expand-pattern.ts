import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Paths that a pattern names now: `*` and `?` in its last part, as in `/var/log/nginx/*.access.log`. */
export async function expandPattern(pattern: string): Promise<readonly string[]> {
  const name = basename(pattern);
  if (!/[*?]/.test(name)) return [pattern];
  const directory = dirname(pattern);
  const source = name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const wanted = new RegExp(`^${source}$`);
  const names = await readdir(directory).catch(() => []);
  // What rotation leaves beside a file is followed with that file, not on its own.
  const isRotated = (other: string) =>
    /\.(?:gz|bz2|xz|zst|lz4)$/.test(other) ||
    names.some(
      (first) =>
        first !== other && other.startsWith(first) && /^[.-]\d/.test(other.slice(first.length)),
    );
  return names
    .filter((other) => wanted.test(other) && !isRotated(other))
    .toSorted()
    .map((other) => join(directory, other));
}
