import { err, ok, type Result } from '../result.ts';
import type { Place, UnreadPart } from '../snapshot/config-tree.ts';

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

/** What one tree has used so far. */
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

/** Counts an include. Returns an error if the limit is exceeded, as the other functions do. */
export function spendInclude(budget: ExpansionBudget, at: Place): Result<undefined, string> {
  budget.includes += 1;
  return within(budget.includes, { maximum: maxIncludes, at, what: 'includes' });
}

/** Counts a directive or block. */
export function spendDirective(
  budget: ExpansionBudget,
  { at, isBlock }: { readonly at: Place; readonly isBlock: boolean },
): Result<undefined, string> {
  budget.directives += 1;
  if (isBlock) budget.blocks += 1;
  const blocks = within(budget.blocks, { maximum: maxBlocks, at, what: 'blocks' });
  if (!blocks.ok) return blocks;
  return within(budget.directives, { maximum: maxDirectives, at, what: 'directives' });
}

/** Counts characters inserted for a variable or an argument of a macro. */
export function spendFilledIn(
  budget: ExpansionBudget,
  { at, characters }: { readonly at: Place; readonly characters: number },
): Result<undefined, string> {
  budget.filledIn += characters;
  const what = 'characters from variables and macros';
  return within(budget.filledIn, { maximum: maxInserted, at, what });
}

/** Notes a part of the configuration that is not read. */
export function spendUnread(
  { unread }: ExpansionBudget,
  part: UnreadPart,
): Result<undefined, string> {
  unread.push(part);
  const what = 'parts that cannot be read';
  return within(unread.length, { maximum: maxUnread, at: part.at, what });
}

interface Bound {
  readonly maximum: number;
  readonly at: Place;
  readonly what: string;
}

/** One for all: each directive is counted. */
const allowed = ok(undefined);

function within(used: number, { maximum, at, what }: Bound): Result<undefined, string> {
  return used <= maximum ? allowed : err(`${at.file}:${at.line}: more than ${maximum} ${what}`);
}

/** Counts a file at this depth. */
export function spendFile(
  budget: ExpansionBudget,
  { at, depth }: { readonly at: Place; readonly depth: number },
): Result<undefined, string> {
  budget.files += 1;
  const deep = checkDepth(at, depth);
  if (!deep.ok || budget.files <= maxFiles) return deep;
  return err(`${at.file}:${at.line}: more than ${maxFiles} files are included; break the cycle`);
}

/** Checks the nesting depth of includes and macros. */
export function checkDepth({ file, line }: Place, depth: number): Result<undefined, string> {
  if (depth <= maxDepth) return allowed;
  return err(`${file}:${line}: includes nest deeper than ${maxDepth}; break the cycle`);
}
