import { type ApacheNode, readDirective } from '../parse/apache-config/parse-apache-config.ts';
import { err, ok, type Result } from '../result.ts';

/** A `<Macro name $arg …>` section of mod_macro: text to be filled in at each `Use`. */
export interface ApacheMacro {
  readonly name: string;
  readonly parameters: readonly string[];
  /** Where its lines stand. */
  readonly file: string;
  readonly nodes: readonly ApacheNode[];
}

/** Name in lower case to macro; a later definition replaces an earlier one (AH02802). */
export type ApacheMacros = Map<string, ApacheMacro>;

/** The macro that a `Use` names, or in words why Apache refuses the line. */
export function findMacro(
  macros: ApacheMacros,
  [name = '', ...values]: readonly string[],
): Result<ApacheMacro, string> {
  const macro = macros.get(name.toLowerCase());
  if (macro === undefined) return err(`macro "${name}" is not defined above`);
  const wanted = macro.parameters.length;
  if (values.length === wanted) return ok(macro);
  return err(`macro "${name}" is used with ${values.length} arguments; it has ${wanted}`);
}

/** Alternatives of one expression: more would make each letter of the macro costly. */
const mostParameters = 100;

/** The macro that a section defines, `<Macro name $arg …>`; in words why not. */
export function defineMacro(
  macros: ApacheMacros,
  words: readonly string[],
  text: Pick<ApacheMacro, 'file' | 'nodes'>,
): Result<undefined, string> {
  const [name = '', ...parameters] = words;
  if (name === '') return err('<Macro> without a name');
  if (parameters.length > mostParameters) {
    return err(`macro "${name}" has more than ${mostParameters} arguments`);
  }
  macros.set(name.toLowerCase(), { name, parameters, ...text });
  return ok(undefined);
}

/** Characters that filling in the arguments makes, at most: known before it is done. */
export function measureMacro(macro: ApacheMacro, values: readonly string[]): number {
  const wanted = parametersExpression(macro);
  const longest = Math.max(0, ...values.map(({ length }) => length));
  const measure = (nodes: readonly ApacheNode[]): number =>
    nodes.reduce((sum, { name, rest, block = [] }) => {
      const text = `${name} ${rest}`;
      const places = wanted === undefined ? 0 : (text.match(wanted)?.length ?? 0);
      return sum + text.length + places * longest + measure(block);
    }, 0);
  return measure(macro.nodes);
}

/**
 * The lines of a macro with its arguments in place: every occurrence, in words too, the longest name first, and what is
 * filled in is not looked at again.
 */
export function fillMacro(macro: ApacheMacro, values: readonly string[]): readonly ApacheNode[] {
  const wanted = parametersExpression(macro);
  if (wanted === undefined) return macro.nodes;
  const known = new Map(macro.parameters.map((name, index) => [name, values[index] ?? '']));
  const fill = (text: string) => text.replace(wanted, (name) => known.get(name) ?? name);
  return fillNodes(macro.nodes, fill);
}

function parametersExpression({ parameters }: ApacheMacro): RegExp | undefined {
  if (parameters.length === 0) return undefined;
  const longestFirst = parameters.toSorted((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(escapeExpression).join('|'), 'g');
}

function fillNodes(
  nodes: readonly ApacheNode[],
  fill: (text: string) => string,
): readonly ApacheNode[] {
  return nodes.map(({ name, rest, line, block }) => {
    // An argument may hold a directive with all its words.
    if (block === undefined) return { ...readDirective(fill(`${name} ${rest}`).trim()), line };
    return { name: fill(name), rest: fill(rest), line, block: fillNodes(block, fill) };
  });
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
