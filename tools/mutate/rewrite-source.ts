import type { Mutant } from './find-mutants.ts';
import { isNode, type Node, parseSource, walk } from './syntax-tree.ts';

interface Insertion {
  readonly at: number;
  readonly text: string;
  /** Of several at one place, what ends something stands before what begins something. */
  readonly ends: boolean;
}

const begin = (at: number, text: string): Insertion => ({ at, text, ends: false });
const end = (at: number, text: string): Insertion => ({ at, text, ends: true });

export function applyMutant(text: string, { start, end: until, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(until);
}

/** The same program, which notes by its number each mutant whose expression is evaluated. */
export function noteReached(text: string, mutants: ReadonlyMap<number, Mutant>): string {
  const insertions = [...mutants].flatMap(([number, { expression }]) => [
    begin(expression.start, `(globalThis.mutation?.reach(${number}), `),
    end(expression.end, ')'),
  ]);
  return insert(text, insertions);
}

/** The same program with all mutants in it; the one whose number is active replaces its expression. */
export function switchMutants(text: string, mutants: ReadonlyMap<number, Mutant>): string {
  // Of expressions that begin at one place the longest is opened first, because it is closed last.
  const longestFirst = [...mutants].toSorted(([, a], [, b]) => b.expression.end - a.expression.end);
  const insertions = longestFirst.flatMap(([number, mutant]) => [
    begin(
      mutant.expression.start,
      `((mutation.flags[${number}] = 1, mutation.active === ${number}) ? ${mutatedExpression(text, mutant)} : (`,
    ),
    end(mutant.expression.end, '))'),
  ]);
  return `const mutation = globalThis.mutation;${insert(text, insertions)}`;
}

/** Of a statement that is removed, its expression remains as undefined. */
function mutatedExpression(text: string, { start, end, expression, replacement }: Mutant): string {
  if (start < expression.start || end > expression.end) return 'undefined';
  // The comma: TypeScript would take `(x) : y => z` for a function with a type.
  return `(0, ${text.slice(expression.start, start)}${replacement}${text.slice(end, expression.end)})`;
}

const loops = new Set([
  'WhileStatement',
  'DoWhileStatement',
  'ForStatement',
  'ForOfStatement',
  'ForInStatement',
]);

/** The same program, whose loops end with an error when they run away. */
export function guardLoops(text: string): string {
  const insertions: Insertion[] = [];
  walk(parseSource(text), (node) => {
    const { body } = node;
    if (loops.has(node.type) && isNode(body)) insertions.push(...guardBody(body));
    return true;
  });
  return insert(text, insertions);
}

const tick = 'globalThis.mutation?.tick();';

function guardBody(body: Node): readonly Insertion[] {
  if (body.type === 'BlockStatement') return [begin(body.start + 1, tick)];
  return [begin(body.start, `{${tick}`), end(body.end, '}')];
}

function insert(text: string, insertions: readonly Insertion[]): string {
  const sorted = insertions.toSorted((a, b) => a.at - b.at || Number(b.ends) - Number(a.ends));
  let result = '';
  let copied = 0;
  for (const { at, text: inserted } of sorted) {
    result += text.slice(copied, at) + inserted;
    copied = at;
  }
  return result + text.slice(copied);
}
