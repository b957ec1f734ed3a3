import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../result.ts';
import type { ReadSources, SourceFile } from '../snapshot/config-tree.ts';
import { errorCode } from './explain-access.ts';
import { findFiles, isPattern, newSearchBudget } from './find-files.ts';

/** A configuration file has a few kilobytes. The audit takes less than a second for a hostile one of this size. */
const maximumFileBytes = 1024 * 1024;

/** Limit for all files of one configuration together. */
const maximumTreeBytes = 4 * 1024 * 1024;

export interface SourceReaderOptions {
  /** The directory that stands for `/`, such as the root of a container. Paths in the result do not contain it. */
  readonly root?: string;
}

/** Reads configuration files for one tree. A directory stands for all files below it, as in Apache's Include. */
export function createSourceReader({ root = '' }: SourceReaderOptions = {}): ReadSources {
  const searched = newSearchBudget();
  let bytes = 0;
  const readOne = async (real: string) => {
    const path = real.slice(root.length);
    const source = await readSource(real, { path, room: maximumTreeBytes - bytes });
    if (source !== undefined && source !== 'directory' && 'text' in source) {
      bytes += source.text.length;
    }
    return source;
  };
  return async (pattern) => {
    // Most includes name one file, which needs no search.
    const named = isPattern(pattern) ? 'directory' : await readOne(root + pattern);
    if (named !== 'directory') return named === undefined ? [] : [named];
    const found = await findFiles(root + pattern, searched);
    if (!found.ok) return [{ path: pattern, problem: `"${pattern}" names ${found.error}` }];
    const sources: SourceFile[] = found.value.closed.map((real) => {
      const path = real.slice(root.length);
      return { path, problem: `${path}: cannot be read: ${denied}` };
    });
    for (const real of found.value.files) {
      const source = await readOne(real);
      if (source !== undefined && source !== 'directory') sources.push(source);
    }
    return sources;
  };
}

/** Whether a file or directory exists, for `<IfFile>`. */
export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

interface ReadContext {
  /** The path of the file in the tree. */
  readonly path: string;
  /** Bytes that the tree may still grow by. */
  readonly room: number;
}

/** Undefined if there is nothing of this name. */
async function readSource(
  real: string,
  { path, room }: ReadContext,
): Promise<SourceFile | 'directory' | undefined> {
  try {
    const status = await stat(real);
    if (status.isDirectory()) return 'directory';
    if (!status.isFile()) return { path, problem: `${path}:1: is not a regular file` };
    if (status.size > Math.min(maximumFileBytes, room)) {
      const problem = `${path}:1: too large for a configuration file: ${status.size} bytes`;
      return { path, problem };
    }
    const bytes = await readFile(real);
    const problem = encodingProblem(bytes);
    if (problem !== undefined) return { path, problem: `${path}:1: ${problem}` };
    return { path, text: bytes.toString('utf8') };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    return { path, problem: `${path}: cannot be read: ${readProblem(error)}` };
  }
}

/** Neither server accepts a byte order mark: nginx reports an unknown directive, Apache an invalid command. */
function encodingProblem(bytes: Buffer): string | undefined {
  const isUtf16 = bytes.length >= 2 && [0xfffe, 0xfeff].includes(bytes.readUInt16BE(0));
  if (isUtf16) return 'UTF-16 text, which the server cannot read; save it as UTF-8';
  const hasMark = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf;
  return hasMark
    ? 'begins with a byte order mark, which the server refuses; save it as UTF-8 without one'
    : undefined;
}

const denied = 'permission denied; run as root, or grant read access';

function readProblem(error: unknown): string {
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return denied;
    case 'ENOTDIR':
      return 'a part of the path is a file, not a directory';
    case 'ELOOP':
      return 'a loop of symbolic links';
    default:
      return messageOf(error);
  }
}
