import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadSources, SourceFile } from '../snapshot/config-tree.ts';
import { errorCode } from './explain-access.ts';
import { globFiles, isPattern } from './glob-files.ts';

/** A configuration file is a few kilobytes. A hostile one of this size is judged in about a second. */
const largestFile = 1024 * 1024;

/** All files of one configuration. */
const largestTree = 4 * 1024 * 1024;

export interface SourceReaderOptions {
  /** Directory that stands for `/`, such as a container's root; the paths of the tree are kept as they are. */
  readonly root?: string;
}

/** Reads configuration files for one tree; a directory stands for all files below it, as Apache's Include has it. */
export function createSourceReader({ root = '' }: SourceReaderOptions = {}): ReadSources {
  let bytes = 0;
  return async (pattern) => {
    const sources: SourceFile[] = [];
    const found = isPattern(pattern) ? await globFiles(join(root, pattern)) : [root + pattern];
    for (const real of await withoutDirectories(found)) {
      const path = real.slice(root.length);
      const source = await readSource(real, { path, room: largestTree - bytes });
      if (source === undefined) continue;
      if ('text' in source) bytes += source.text.length;
      sources.push(source);
    }
    return sources;
  };
}

async function withoutDirectories(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const status = await stat(path).catch(() => undefined);
    if (status?.isDirectory()) {
      const inside = await globFiles(`${path}/*`);
      for (const file of await withoutDirectories(inside)) files.push(file);
    } else files.push(path);
  }
  return files;
}

interface ReadContext {
  /** As the tree knows the file. */
  readonly path: string;
  /** Bytes that the tree may still grow by. */
  readonly room: number;
}

/** Undefined when there is no such file. */
async function readSource(
  real: string,
  { path, room }: ReadContext,
): Promise<SourceFile | undefined> {
  try {
    const status = await stat(real);
    if (!status.isFile()) return { path, problem: `${path}:1: is no regular file` };
    if (status.size > Math.min(largestFile, room)) {
      const problem = `${path}:1: too large for a configuration file: ${status.size} bytes`;
      return { path, problem };
    }
    return { path, text: await readFile(real, 'utf8') };
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    return code === 'ENOENT' ? undefined : { path, problem: `${path}: cannot be read: ${code}` };
  }
}
