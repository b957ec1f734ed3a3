import type { Place, UnreadPart } from '../snapshot/config-tree.ts';
import { UnreadableTree } from './read-tree.ts';

/** The servers have no limit or a high one. This limit ends a cycle. */
const maxDepth = 20;

/** A depth limit is not enough: files that include two others each double with every level. */
const maxFiles = 2000;

/** Each include reads the file system, even if it finds nothing. */
const maxIncludes = 5000;

/** Every check runs on every block. Ten thousand virtual hosts have fewer blocks. */
const maxBlocks = 25_000;

/** The files of one tree have at most 4 MiB: real ones of that size have fewer lines. */
const maxDirectives = 150_000;

/** A file that is not a configuration can have one in each line, and each becomes a finding. */
const maxUnread = 10_000;

/** Characters that variables and macros can insert: each definition can be twice as long as the previous one. */
const maxInserted = 4 * 1024 * 1024;

/** What one tree has used so far. The functions below count one use, and throw UnreadableTree beyond a limit. */
export interface ExpansionBudget {
  files: number;
  includes: number;
  blocks: number;
  directives: number;
  filledIn: number;
  readonly unread: UnreadPart[];
}

export function newBudget(): ExpansionBudget {
  return { files: 0, includes: 0, blocks: 0, directives: 0, filledIn: 0, unread: [] };
}

export function spendInclude(budget: ExpansionBudget, at: Place): void {
  budget.includes += 1;
  checkLimit(budget.includes, { maximum: maxIncludes, at, what: 'includes' });
}

/** Counts a directive or block. */
export function spendDirective(
  budget: ExpansionBudget,
  { at, isBlock }: { readonly at: Place; readonly isBlock: boolean },
): void {
  budget.directives += 1;
  if (isBlock) budget.blocks += 1;
  checkLimit(budget.blocks, { maximum: maxBlocks, at, what: 'blocks' });
  checkLimit(budget.directives, { maximum: maxDirectives, at, what: 'directives' });
}

/** Counts characters inserted for a variable or an argument of a macro. */
export function spendFilledIn(
  budget: ExpansionBudget,
  { at, characters }: { readonly at: Place; readonly characters: number },
): void {
  budget.filledIn += characters;
  const what = 'characters from variables and macros';
  checkLimit(budget.filledIn, { maximum: maxInserted, at, what });
}

/** Notes a part of the configuration that is not read. */
export function noteUnread({ unread }: ExpansionBudget, part: UnreadPart): void {
  unread.push(part);
  checkLimit(unread.length, {
    maximum: maxUnread,
    at: part.at,
    what: 'parts that cannot be read',
  });
}

/** Counts a file at this depth. */
export function spendFile(
  budget: ExpansionBudget,
  { at, depth }: { readonly at: Place; readonly depth: number },
): void {
  budget.files += 1;
  checkDepth(at, depth);
  checkLimit(budget.files, {
    maximum: maxFiles,
    at,
    what: 'files are included; break the cycle',
  });
}

/** Checks the nesting depth of includes and macros. */
export function checkDepth({ file, line }: Place, depth: number): void {
  if (depth <= maxDepth) return;
  throw new UnreadableTree(
    `${file}:${line}: includes nest deeper than ${maxDepth}; break the cycle`,
  );
}

interface Limit {
  readonly maximum: number;
  readonly at: Place;
  readonly what: string;
}

function checkLimit(used: number, { maximum, at, what }: Limit): void {
  if (used <= maximum) return;
  throw new UnreadableTree(`${at.file}:${at.line}: more than ${maximum} ${what}`);
}
