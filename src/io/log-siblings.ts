import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface Sibling {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly modifiedMilliseconds: number;
  /** Tells this file from any other that ever stood beside it, one that reuses its inode included. */
  readonly key: string;
  /** Whether rotation gives such names: a copy that a person makes is called `access.log.bak`. */
  readonly isRotated: boolean;
}

export interface Siblings {
  /** The file and what rotation makes of it (`access.log.1`, `access.log-20261121`), oldest first. */
  readonly files: readonly Sibling[];
  /** False for a directory that may be entered but not listed: then only the file itself is known. */
  readonly isComplete: boolean;
}

/** What logrotate and its like pack; the text they hold was read before it was packed. */
const packed = /\.(?:gz|bz2|xz|zst|lz4)$/;
const rotated = /^[.-](?:\d|old$|prev$)/;

export async function listSiblings(path: string): Promise<Siblings> {
  const directory = dirname(path);
  const name = basename(path);
  const listed = await readdir(directory).catch(() => undefined);
  const related = (listed ?? [name]).filter(
    (other) => other === name || (/^[.-]/.test(other.slice(name.length)) && other.startsWith(name)),
  );
  const found = await Promise.all(
    related
      .filter((other) => !packed.test(other))
      .map((other) =>
        lookAt(join(directory, other), { isRotated: rotated.test(other.slice(name.length)) }),
      ),
  );
  return {
    files: found
      .filter((sibling) => sibling !== undefined)
      .toSorted((a, b) => a.modifiedMilliseconds - b.modifiedMilliseconds),
    isComplete: listed !== undefined,
  };
}

async function lookAt(
  path: string,
  { isRotated }: Pick<Sibling, 'isRotated'>,
): Promise<Sibling | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined || !stats.isFile()) return undefined;
  const { dev, ino, mtimeMs, birthtimeMs } = stats;
  const key = `${dev}:${ino}:${birthtimeMs}`;
  return { path, dev, ino, modifiedMilliseconds: mtimeMs, key, isRotated };
}
