import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import type { ReadSources, SourceFile } from '../snapshot/config-tree.ts';
import { errorCode } from './explain-access.ts';
import { globFiles, isPattern } from './glob-files.ts';

/** A configuration file is a few kilobytes; the largest generated ones (address lists) are below this. */
const largestFile = 4 * 1024 * 1024;

/** All files of one configuration. */
const largestTree = 32 * 1024 * 1024;

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
      const path = root === '' ? real : real.slice(root.length);
      const text = await readSource(real, path, largestTree - bytes);
      if (!text.ok) {
        // A pattern passes over what it cannot open no more than a name does.
        if (text.error.kind === 'missing' && !isPattern(pattern)) return ok([]);
        return err(text.error.message);
      }
      bytes += text.value.length;
      sources.push({ path, text: text.value });
    }
    return ok(sources);
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

interface ReadProblem {
  readonly kind: 'missing' | 'unreadable';
  readonly message: string;
}

async function readSource(
  real: string,
  path: string,
  room: number,
): Promise<Result<string, ReadProblem>> {
  try {
    const status = await stat(real);
    if (!status.isFile()) return unreadable(`${path}:1: is no regular file`);
    if (status.size > Math.min(largestFile, room)) {
      return unreadable(`${path}:1: too large for a configuration file: ${status.size} bytes`);
    }
    const file = await open(real);
    try {
      return ok(await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    const message = `${path}: cannot be read: ${code}`;
    return code === 'ENOENT' ? err({ kind: 'missing', message }) : unreadable(message);
  }
}

function unreadable(message: string): Result<string, ReadProblem> {
  return err({ kind: 'unreadable', message });
}
