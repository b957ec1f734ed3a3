import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type FileTimes, readTimes } from './copy-evidence.ts';
import { type Packing, readPackedName } from './packing.ts';

export interface Sibling extends FileTimes {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  /** Tells this file from any other that ever stood beside it, one that reuses its inode included. */
  readonly key: string;
  /** Whether rotation gives such names: a copy that a person makes is called `access.log.bak`. */
  readonly isRotated: boolean;
  /** Absent for text. */
  readonly packing?: Packing;
}

export interface Siblings {
  /** The file and what rotation makes of it (`access.log.1`, `access.log-20261121.gz`), oldest first. */
  readonly files: readonly Sibling[];
  /** False for a directory that may be entered but not listed: then only the file itself is known. */
  readonly isComplete: boolean;
}

/** What kubelet is still packing. */
const unfinished = /\.tmp$/;
const rotated = /^[.-](?:\d|old$|prev$)/;

export type ListSiblings = (path: string) => Promise<Siblings>;

/** For a file that rotation does not rename: what stands beside it is of no concern. */
export async function listAlone(path: string): Promise<Siblings> {
  const file = await lookAt(path, '');
  return { files: file === undefined ? [] : [file], isComplete: false };
}

/** The files of a ring: the log, and its name with a number behind it. */
export async function listRing(path: string): Promise<readonly string[]> {
  const { files } = await listBeside(path);
  const isOfRing = (name: string) => /^\.\d+$/.test(name);
  const others = files
    .map((file) => file.path)
    .filter((other) => isOfRing(other.slice(path.length)));
  return [path, ...others.toSorted()];
}

/** What stands beside the file and, where the path is a link as in `/var/log/containers`, beside what it leads to. */
export async function listSiblings(path: string): Promise<Siblings> {
  const home = await findHome(path);
  const beside = await listBeside(path);
  if (home === path) return order(beside);
  const besideHome = await listBeside(home);
  // A link further up in the path leads to the same files twice.
  const byKey = new Map([...besideHome.files, ...beside.files].map((file) => [file.key, file]));
  return order({
    files: [...byKey.values()],
    isComplete: beside.isComplete && besideHome.isComplete,
  });
}

/** Where the file itself is; also known while a link leads to nothing. */
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
      .map((other) => lookAt(join(directory, other), other.slice(name.length))),
  );
  return {
    files: found.filter((sibling) => sibling !== undefined),
    isComplete: listed !== undefined,
  };
}

/** @param added what the name has beyond that of the log */
async function lookAt(path: string, added: string): Promise<Sibling | undefined> {
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
    ...(packing === undefined ? {} : { packing }),
  };
}
