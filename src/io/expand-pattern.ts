import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { errorCode } from './explain-access.ts';

/**
 * Paths that a pattern names now: `*` and `?` in its last part, as in `/var/log/nginx/*.access.log`.
 *
 * @returns the error of the file system when the directory cannot be listed
 */
export async function expandPattern(pattern: string): Promise<Result<readonly string[], unknown>> {
  const name = basename(pattern);
  if (!/[*?]/.test(name)) return ok([pattern]);
  const directory = dirname(pattern);
  const source = name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const wanted = new RegExp(`^${source}$`);
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    return ok(
      names
        .filter((other) => wanted.test(other) && !isRotated(other, names))
        .toSorted()
        .map((other) => join(directory, other)),
    );
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? ok([]) : err(error);
  }
}

/** What rotation leaves beside a file is followed with that file, not on its own. */
function isRotated(other: string, names: readonly string[]): boolean {
  return (
    /\.(?:gz|bz2|xz|zst|lz4)$/.test(other) ||
    names.some(
      (first) =>
        first !== other && other.startsWith(first) && /^[.-]\d/.test(other.slice(first.length)),
    )
  );
}
