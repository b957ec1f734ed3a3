import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { isDenied } from './explain-access.ts';

/** Limit for the directories that one pattern or one included directory opens. */
const maximumDirectories = 1000;

/** No configuration has more files. */
const maximumFound = 5000;

/** The same for all patterns of one configuration: each pattern alone can be just below its limit. */
const maximumOfAll = { opened: 5000, found: 500_000 } as const;

/** What the searches for one configuration have used so far. */
export interface SearchBudget {
  /** Directories. */
  opened: number;
  /** Entries of directories. */
  found: number;
}

export function newSearchBudget(): SearchBudget {
  return { opened: 0, found: 0 };
}

/** Depth below an included directory. Apache has the same limit (AP_MAX_INCLUDE_DIR_DEPTH). */
const maximumDepth = 20;

export interface FoundFiles {
  readonly files: readonly string[];
  /** Directories without permission to list them. Their files are not known. */
  readonly closed: readonly string[];
}

interface Walk extends SearchBudget {
  readonly all: SearchBudget;
  readonly closed: string[];
}

/**
 * Finds the files that a path or glob(3) pattern names, sorted. `*`, `?` and `[a-z]` may be in any part of the path. A
 * directory stands for all files below it, as in Apache's Include.
 *
 * @returns the files, or why the search was given up; the limits keep it from walking through a whole disk
 */
export async function findFiles(
  pattern: string,
  all: SearchBudget = newSearchBudget(),
): Promise<Result<FoundFiles, string>> {
  const walk: Walk = { ...newSearchBudget(), all, closed: [] };
  const named = isPattern(pattern) ? await globFiles(pattern, walk) : ok([pattern]);
  const files = named.ok ? await withoutDirectories(named.value, walk, 0) : named;
  return files.ok ? ok({ files: files.value, closed: walk.closed }) : files;
}

export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

async function globFiles(pattern: string, walk: Walk): Promise<Result<readonly string[], string>> {
  const parts = pattern.split('/').filter((part) => part !== '');
  let places: readonly string[] = ['/'];
  for (const [index, part] of parts.entries()) {
    if (!isPattern(part)) {
      places = places.map((place) => join(place, part));
      continue;
    }
    const matches = globMatcher(part);
    const isLast = index === parts.length - 1;
    const found: string[] = [];
    for (const place of places) {
      const entries = await listDirectory(place, walk);
      if (!entries.ok) return entries;
      for (const entry of entries.value) {
        if (matches(entry.name) && (isLast || !entry.isFile())) {
          found.push(join(place, entry.name));
        }
      }
    }
    places = found;
  }
  return ok(places);
}

async function withoutDirectories(
  paths: readonly string[],
  walk: Walk,
  depth: number,
): Promise<Result<readonly string[], string>> {
  const files: string[] = [];
  for (const path of paths) {
    const status = await stat(path).catch(() => undefined);
    if (status?.isDirectory() !== true) {
      files.push(path);
      continue;
    }
    if (depth >= maximumDepth) {
      return err(`directories more than ${maximumDepth} levels deep, at "${path}"; name the files`);
    }
    const entries = await listDirectory(path, walk);
    if (!entries.ok) return entries;
    const inside = entries.value.filter(({ name }) => !name.startsWith('.'));
    const below = inside.map(({ name }) => join(path, name));
    const found = await withoutDirectories(below, walk, depth + 1);
    if (!found.ok) return found;
    for (const file of found.value) files.push(file);
  }
  return ok(files);
}

/** Returns the entries sorted by name, or none if the directory cannot be opened. A denied permission is recorded. */
async function listDirectory(
  directory: string,
  walk: Walk,
): Promise<Result<readonly Dirent[], string>> {
  walk.opened += 1;
  if (walk.opened > maximumDirectories) {
    return err(`more than ${maximumDirectories} directories; name the files`);
  }
  const { all } = walk;
  all.opened += 1;
  if (all.opened > maximumOfAll.opened || all.found > maximumOfAll.found) {
    return err(
      'directories after the audit has listed too many for one configuration; name the files',
    );
  }
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (isDenied(error)) walk.closed.push(directory);
    return [];
  });
  walk.found += entries.length;
  all.found += entries.length;
  if (walk.found > maximumFound)
    return err(`more than ${maximumFound} files; name only those that belong to the configuration`);
  return ok(entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
}

/**
 * Matches names against a pattern without slashes. The parts between the stars are searched one after the other, each
 * at its first occurrence. So a pattern with many stars costs no more than one with few.
 */
function globMatcher(glob: string): (name: string) => boolean {
  const [first = '', ...others] = splitAtStars(glob);
  const last = others.pop();
  try {
    const start = new RegExp(`^${first}${last === undefined ? '$' : ''}`, 's');
    const middle = others.map((part) => new RegExp(part, 's'));
    const end = new RegExp(`${last ?? ''}$`, 's');
    return (name) => {
      if (name.startsWith('.') && !glob.startsWith('.')) return false;
      const rest = [start, ...middle].reduce<string | undefined>(skipMatch, name);
      return rest !== undefined && end.test(rest);
    };
  } catch {
    // A reversed range such as [z-a] matches nothing.
    return () => false;
  }
}

/** Returns the text after the first match of a part. */
function skipMatch(text: string | undefined, part: RegExp): string | undefined {
  const found = text === undefined ? null : part.exec(text);
  return found?.input.slice(found.index + found[0].length);
}

function splitAtStars(glob: string): readonly string[] {
  const pieces = glob.match(/\[!?[^\]]+\]|\*+|./gs) ?? [];
  const parts: string[] = [''];
  for (const piece of pieces) {
    if (piece.startsWith('*')) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${pieceExpression(piece)}`);
  }
  return parts;
}

function pieceExpression(piece: string): string {
  if (piece === '?') return '.';
  if (piece.length > 1) return piece.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
  return piece.replace(/[.+^${}()|\\[\]]/, '\\$&');
}
