import { err, ok, type Result } from '../result.ts';
import type { Place } from '../snapshot/config-tree.ts';

/** The servers themselves have no limit, or a high one; a cycle must end somewhere. */
const deepestInclude = 20;

/** Files that include two others each grow with every level, so depth alone is no bound. */
const mostFiles = 2000;

/** Each looks into the file system, also when it finds nothing. */
const mostIncludes = 5000;

/** Each server and section is judged by each check; ten thousand virtual hosts have fewer. */
const mostBlocks = 25_000;

const mostDirectives = 250_000;

/** What variables and macros may add: each definition can be twice as long as the one before. */
const mostFilledIn = 4 * 1024 * 1024;

/** What one tree has used up. */
export interface ExpansionBudget {
  files: number;
  includes: number;
  blocks: number;
  directives: number;
  filledIn: number;
}

export function newBudget(): ExpansionBudget {
  return { files: 0, includes: 0, blocks: 0, directives: 0, filledIn: 0 };
}

/** One include more, or in words why not. */
export function spendInclude(budget: ExpansionBudget, at: Place): Result<undefined, string> {
  budget.includes += 1;
  return within(budget.includes, { most: mostIncludes, at, what: 'includes' });
}

/** One directive or block more. */
export function spendDirective(
  budget: ExpansionBudget,
  { at, isBlock }: { readonly at: Place; readonly isBlock: boolean },
): Result<undefined, string> {
  budget.directives += 1;
  if (isBlock) budget.blocks += 1;
  const blocks = within(budget.blocks, { most: mostBlocks, at, what: 'blocks' });
  if (!blocks.ok) return blocks;
  return within(budget.directives, { most: mostDirectives, at, what: 'directives' });
}

/** Characters that stand for a variable or a macro's argument. */
export function spendFilledIn(
  budget: ExpansionBudget,
  { at, characters }: { readonly at: Place; readonly characters: number },
): Result<undefined, string> {
  budget.filledIn += characters;
  const what = 'characters from variables and macros';
  return within(budget.filledIn, { most: mostFilledIn, at, what });
}

interface Bound {
  readonly most: number;
  readonly at: Place;
  readonly what: string;
}

function within(used: number, { most, at, what }: Bound): Result<undefined, string> {
  return used <= most ? ok(undefined) : err(`${at.file}:${at.line}: more than ${most} ${what}`);
}

/** One file more at this depth, or in words why not. */
export function spendFile(
  budget: ExpansionBudget,
  { at, depth }: { readonly at: Place; readonly depth: number },
): Result<undefined, string> {
  budget.files += 1;
  const allowed = checkDepth(at, depth);
  if (!allowed.ok || budget.files <= mostFiles) return allowed;
  return err(`${at.file}:${at.line}: more than ${mostFiles} files are included; break the cycle`);
}

/** Whether includes and macros may nest so deep. */
export function checkDepth({ file, line }: Place, depth: number): Result<undefined, string> {
  if (depth <= deepestInclude) return ok(undefined);
  return err(`${file}:${line}: includes nest deeper than ${deepestInclude}; break the cycle`);
}
