/** Steps that one expression may take on one text, by the estimate below. */
export const mostSteps = 2_000_000;

export interface BoundedText {
  readonly text: string;
  readonly ignoreCase?: boolean;
}

/**
 * Whether a regular expression of a configuration matches. It runs here, and who wrote it is not known, so one whose
 * work could grow without bounds is not run.
 *
 * @returns undefined for an expression that is not run, or none that JavaScript knows
 */
export function matchesWithin(
  expression: string,
  { text, ignoreCase = false }: BoundedText,
): boolean | undefined {
  if (estimateSteps(expression, text.length) > mostSteps) return undefined;
  try {
    return new RegExp(expression, ignoreCase ? 'i' : '').test(text);
  } catch {
    return undefined;
  }
}

/**
 * An upper bound for a matcher that backtracks: it begins at each letter, each repetition may end at each letter, each
 * "?" has two ways and each group as many as its alternatives. A repetition that is repeated has no bound.
 */
export function estimateSteps(expression: string, length: number): number {
  const plain = expression.replace(/\\./gs, 'a').replace(/\[\^?\]?[^\]]*\]/g, 'a');
  if (/[)*+?}][*+{]/.test(plain) || /\\[1-9]/.test(expression)) return Number.POSITIVE_INFINITY;
  const isAnchored = plain.startsWith('^') && !plain.includes('|');
  return (isAnchored ? 1 : length) * countWays(plain, length) * Math.ceil(expression.length / 100);
}

interface Ways {
  /** Of the alternatives before the one under way. */
  before: number;
  here: number;
}

function countWays(plain: string, length: number): number {
  const stack: Ways[] = [{ before: 0, here: 1 }];
  for (const letter of plain) {
    const group = stack.at(-1);
    if (group === undefined) return Number.POSITIVE_INFINITY;
    if (letter === '(') stack.push({ before: 0, here: 1 });
    else if (letter === ')') multiplyOuter(stack);
    else if (letter === '|') [group.before, group.here] = [group.before + group.here, 1];
    else if (letter === '?') group.here *= 2;
    else if ('*+{'.includes(letter)) group.here *= length + 1;
  }
  return stack.reduce((ways, { before, here }) => ways * (before + here), 1);
}

function multiplyOuter(stack: Ways[]): void {
  const inner = stack.pop();
  const outer = stack.at(-1);
  if (inner !== undefined && outer !== undefined) outer.here *= inner.before + inner.here;
}
