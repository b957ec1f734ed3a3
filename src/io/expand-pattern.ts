import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { present } from '../present.ts';
import { errorCode } from './explain-access.ts';

/** The paths that match a pattern now. */
export interface Expansion {
  readonly paths: readonly string[];
  /** The first directory that cannot be listed. `paths` contains the matches in the others. */
  readonly obstacle?: { readonly path: string; readonly error: unknown };
}

export function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}

/**
 * Returns the paths that match a pattern now. `*` and `?` may be in any part of it. A path without them is returned
 * even if it does not exist.
 */
export async function expandPattern(pattern: string): Promise<Expansion> {
  if (!isPattern(pattern)) return { paths: [pattern] };
  const parts = pattern.split('/');
  let found: Expansion = { paths: [pattern.startsWith('/') ? '/' : '.'] };
  for (const [index, part] of parts.entries()) {
    if (part !== '') found = await expandPart(found, { part, isLast: index === parts.length - 1 });
  }
  return { ...found, paths: found.paths.toSorted() };
}

interface Part {
  readonly part: string;
  readonly isLast: boolean;
}

async function expandPart(before: Expansion, { part, isLast }: Part): Promise<Expansion> {
  let { obstacle } = before;
  const paths: string[] = [];
  for (const directory of before.paths) {
    try {
      const names = isPattern(part)
        ? await matchNames(directory, { part, isLast })
        : await existing(directory, { part, isLast });
      paths.push(...names.map((name) => join(directory, name)));
    } catch (error) {
      // The directory was deleted since it was listed, or is not a directory.
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') continue;
      obstacle ??= { path: directory, error };
    }
  }
  return { paths, ...present({ obstacle }) };
}

async function existing(directory: string, { part, isLast }: Part): Promise<readonly string[]> {
  if (isLast) await lstat(join(directory, part));
  return [part];
}

async function matchNames(directory: string, { part, isLast }: Part): Promise<readonly string[]> {
  const source = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const wanted = new RegExp(`^${source}$`);
  const entries = await readdir(directory, { withFileTypes: true });
  const isWanted = isLast
    ? (entry: Dirent) => !entry.isDirectory()
    : (entry: Dirent) => entry.isDirectory() || entry.isSymbolicLink();
  const matching = entries.filter((entry) => isWanted(entry) && wanted.test(entry.name));
  const names = new Set(entries.map(({ name }) => name));
  return matching.map(({ name }) => name).filter((name) => !isLast || !isRotated(name, names));
}

/** Rotated files are read by the follower of their log, not as logs of the pattern. */
function isRotated(name: string, names: ReadonlySet<string>): boolean {
  if (/\.(?:gz|bz2|xz|zst|lz4|tmp)$/.test(name)) return true;
  for (const { index } of name.matchAll(/[.-](?=\d)/g)) {
    if (names.has(name.slice(0, index))) return true;
  }
  return false;
}
