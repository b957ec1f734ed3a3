import { type ApacheNode, readDirective } from '../parse/apache-config/parse-apache-config.ts';
import { err, ok, type Result } from '../result.ts';

/** A `<Macro name $arg …>` section of mod_macro. Each `Use` inserts its lines. */
export interface ApacheMacro {
  readonly name: string;
  readonly parameters: readonly string[];
  /** The file that contains its lines. */
  readonly file: string;
  readonly nodes: readonly ApacheNode[];
}

/** Maps a name in lower case to its macro. A later definition replaces an earlier one (AH02802). */
export type ApacheMacros = Map<string, ApacheMacro>;

/** Finds the macro of a `Use`, or returns why Apache rejects the line. */
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

/** Each parameter is an alternative of one expression, so each one makes every character of the macro more expensive. */
const maxParameters = 100;

/** Adds the macro of a `<Macro name $arg …>` section, or returns why it is not valid. */
export function defineMacro(
  macros: ApacheMacros,
  words: readonly string[],
  text: Pick<ApacheMacro, 'file' | 'nodes'>,
): Result<undefined, string> {
  const [name = '', ...parameters] = words;
  if (name === '') return err('<Macro> without a name');
  if (parameters.length > maxParameters) {
    return err(`macro "${name}" has more than ${maxParameters} arguments`);
  }
  macros.set(name.toLowerCase(), { name, parameters, ...text });
  return ok(undefined);
}

/** The maximum number of characters that fillMacro() produces. */
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
 * The lines of a macro with its arguments. Every occurrence is replaced, also inside a word; the longest name wins; an
 * inserted argument is not expanded again.
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
    // An argument can contain a whole directive.
    if (block === undefined) return { ...readDirective(fill(`${name} ${rest}`).trim()), line };
    return { name: fill(name), rest: fill(rest), line, block: fillNodes(block, fill) };
  });
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
