import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { present } from '../present.ts';
import { type FileTimes, readTimes } from './copy-evidence.ts';
import { type Packing, readPackedName } from './packing.ts';

/** The log itself, or a file beside it whose name begins with the name of the log. */
export interface Sibling extends FileTimes {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  /** Identifies the file among all that were ever beside it, including one that reuses its inode. */
  readonly key: string;
  /** Whether the name is one that rotation uses. A copy made by hand is called `access.log.bak`, for example. */
  readonly isRotated: boolean;
  /** Absent for text. */
  readonly packing?: Packing;
}

export interface Siblings {
  /** The log and its rotated files (`access.log.1`, `access.log-20261121.gz`), oldest first. */
  readonly files: readonly Sibling[];
  /** False if the directory may be entered but not listed. Then `files` contains only the log itself. */
  readonly isComplete: boolean;
}

/** kubelet packs into files with this ending. */
const unfinished = /\.tmp$/;
const rotated = /^[.-](?:\d|old$|prev$)/;

export type ListSiblings = (path: string) => Promise<Siblings>;

/** Lists only the file itself, for a file that rotation does not rename. */
export async function listAlone(path: string): Promise<Siblings> {
  const file = await readSibling(path, '');
  return { files: file === undefined ? [] : [file], isComplete: false };
}

/** Lists the files of a ring: the log, and those with its name and a number. */
export async function listRing(path: string): Promise<readonly string[]> {
  const { files } = await listBeside(path);
  const isOfRing = (name: string) => /^\.\d+$/.test(name);
  const others = files
    .map((file) => file.path)
    .filter((other) => isOfRing(other.slice(path.length)));
  return [path, ...others.toSorted()];
}

/** Lists files beside the log. If the path is a link, as in `/var/log/containers`, also those beside its target. */
export async function listSiblings(path: string): Promise<Siblings> {
  const home = await findHome(path);
  const beside = await listBeside(path);
  if (home === path) return order(beside);
  const besideHome = await listBeside(home);
  // If a directory of the path is a link, both lists contain the same files.
  const byKey = new Map([...besideHome.files, ...beside.files].map((file) => [file.key, file]));
  return order({
    files: [...byKey.values()],
    isComplete: beside.isComplete && besideHome.isComplete,
  });
}

/** Returns the path of the file itself, also if the path is a link whose target does not exist. */
export async function findHome(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const target = await readlink(path).catch(() => undefined);
    return target === undefined ? path : resolve(dirname(path), target);
  }
}

function order({ files, isComplete }: Siblings): Siblings {
  const byAge = files.toSorted((a, b) => a.modifiedMilliseconds - b.modifiedMilliseconds);
  return { files: byAge, isComplete };
}

async function listBeside(path: string): Promise<Siblings> {
  const directory = dirname(path);
  const name = basename(path);
  const listed = await readdir(directory).catch(() => undefined);
  const related = (listed ?? [name]).filter(
    (other) => other === name || (/^[.-]/.test(other.slice(name.length)) && other.startsWith(name)),
  );
  const found = await Promise.all(
    related
      .filter((other) => !unfinished.test(other))
      .map((other) => readSibling(join(directory, other), other.slice(name.length))),
  );
  return {
    files: found.filter((sibling) => sibling !== undefined),
    isComplete: listed !== undefined,
  };
}

/** @param added the part of the name after the name of the log */
async function readSibling(path: string, added: string): Promise<Sibling | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined || !stats.isFile()) return undefined;
  const { dev, ino, size, birthtimeMs } = stats;
  const { name, packing } = readPackedName(added);
  return {
    path,
    dev,
    ino,
    size,
    ...readTimes(stats),
    key: `${dev}:${ino}:${birthtimeMs}`,
    isRotated: rotated.test(name),
    ...present({ packing }),
  };
}
