/** Maximum number of steps for one expression on one text, by the estimate below. */
export const maxSteps = 2_000_000;

export interface BoundedText {
  readonly text: string;
  readonly ignoreCase?: boolean;
}

/**
 * Whether a regular expression of a configuration matches. The expression is untrusted, so it runs only if its work is
 * bounded.
 *
 * @returns undefined if the expression is too expensive, or is not valid in JavaScript
 */
export function matchesWithin(
  expression: string,
  { text, ignoreCase = false }: BoundedText,
): boolean | undefined {
  if (estimateSteps(expression, text.length) > maxSteps) return undefined;
  try {
    return new RegExp(expression, ignoreCase ? 'i' : '').test(text);
  } catch {
    return undefined;
  }
}

/**
 * An upper bound for the steps of a backtracking matcher: it can start at each letter, each repetition can end at each
 * letter, each "?" has two ways, and each group has as many ways as alternatives. A nested repetition has no bound.
 */
export function estimateSteps(expression: string, length: number): number {
  const plain = expression.replace(/\\./gs, 'a').replace(/\[\^?\]?[^\]]*\]/g, 'a');
  if (/[)*+?}][*+{]/.test(plain) || /\\[1-9]/.test(expression)) return Number.POSITIVE_INFINITY;
  const isAnchored = plain.startsWith('^') && !plain.includes('|');
  return (isAnchored ? 1 : length) * countWays(plain, length) * Math.ceil(expression.length / 100);
}

interface Ways {
  /** Of the previous alternatives. */
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
