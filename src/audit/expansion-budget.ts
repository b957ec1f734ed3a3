import { err, ok, type Result } from '../result.ts';
import type { Place } from '../snapshot/config-tree.ts';

/** The servers themselves have no limit, or a high one; a cycle must end somewhere. */
const deepestInclude = 20;

/** Files that include two others each grow with every level, so depth alone is no bound. */
const mostFiles = 2000;

/** Each looks into the file system, also when it finds nothing. */
const mostIncludes = 5000;

export interface ExpansionBudget {
  files: number;
  includes: number;
}

/** One include more, or in words why not. */
export function spendInclude(
  budget: ExpansionBudget,
  { file, line }: Place,
): Result<undefined, string> {
  budget.includes += 1;
  return budget.includes <= mostIncludes
    ? ok(undefined)
    : err(`${file}:${line}: more than ${mostIncludes} includes`);
}

/** One file more at this depth, or in words why not. */
export function spend(
  budget: ExpansionBudget,
  { at, depth }: { readonly at: Place | undefined; readonly depth: number },
): Result<undefined, string> {
  const where = at === undefined ? '' : `${at.file}:${at.line}: `;
  budget.files += 1;
  if (depth > deepestInclude) {
    return err(`${where}includes nest deeper than ${deepestInclude}; break the cycle`);
  }
  if (budget.files > mostFiles) {
    return err(`${where}more than ${mostFiles} files are included; break the cycle`);
  }
  return ok(undefined);
}
