import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface Sibling {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly modifiedMilliseconds: number;
  /** Tells this file from any other that ever stood beside it, one that reuses its inode included. */
  readonly key: string;
}

/** What logrotate and its like pack; the text they hold was read before it was packed. */
const packed = /\.(?:gz|bz2|xz|zst|lz4)$/;

/** A file and what rotation makes of it (`access.log.1`, `access.log-20261121`), oldest first. */
export async function listSiblings(path: string): Promise<readonly Sibling[]> {
  const directory = dirname(path);
  const name = basename(path);
  const names = await readdir(directory).catch(() => []);
  const related = names.filter(
    (other) => other === name || (/^[.-]/.test(other.slice(name.length)) && other.startsWith(name)),
  );
  const found = await Promise.all(
    related
      .filter((other) => !packed.test(other))
      .map(async (other): Promise<Sibling | undefined> => {
        const file = join(directory, other);
        const stats = await stat(file).catch(() => undefined);
        if (stats === undefined || !stats.isFile()) return undefined;
        const { dev, ino, size, mtimeMs, birthtimeMs } = stats;
        const key = `${dev}:${ino}:${birthtimeMs}`;
        return { path: file, dev, ino, size, modifiedMilliseconds: mtimeMs, key };
      }),
  );
  return found
    .filter((sibling) => sibling !== undefined)
    .toSorted((a, b) => a.modifiedMilliseconds - b.modifiedMilliseconds);
}
