import { type ApacheNode, parseApacheConfig } from '../parse/apache-config/parse-apache-config.ts';
import { splitApacheWords } from '../parse/apache-config/split-words.ts';
import { findSilences } from '../parse/config-silences.ts';
import { err, type Result } from '../result.ts';
import type { ConfigDirective, Place } from '../snapshot/config-tree.ts';
import { addModule, measureVariables, resolveVariables } from './apache-conditions.ts';
import { collectDefines, undefinedName } from './apache-defines.ts';
import { type Expansion, type Position, resolveFrom } from './apache-expansion.ts';
import { defineMacro, fillMacro, findMacro, measureMacro } from './apache-macros.ts';
import { conditions, type Holds, undecided } from './apache-sections.ts';
import {
  checkDepth,
  noteUnread,
  spendDirective,
  spendFile,
  spendFilledIn,
  spendInclude,
} from './expansion-budget.ts';
import { type TextSource, UnreadableTree } from './read-tree.ts';

/** The directives of one file and of the files that it includes. */
export async function expandApacheFile(
  { path, text }: TextSource,
  { depth }: Position,
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const parsed = parseApacheConfig(text);
  if (!parsed.ok) {
    const { line, problem } = parsed.error;
    throw new UnreadableTree(`${path}:${line}: ${problem}; check it with apachectl -t`);
  }
  const block = parsed.value.nodes.find(isNginxBlock);
  if (block !== undefined) {
    throw new UnreadableTree(
      `${path}:${block.line}: "${block.name} {": this is a configuration of nginx, not of Apache`,
    );
  }
  for (const silence of findSilences(path, parsed.value.comments)) state.silences.push(silence);
  if (/define/i.test(text)) collectDefines(parsed.value.nodes, state.definable);
  return expandNodes(parsed.value.nodes, { file: path, depth }, state);
}

function isNginxBlock({ name, rest }: ApacheNode): boolean {
  return rest.startsWith('{') && (name === 'http' || name === 'events' || name === 'server');
}

async function expandNodes(
  nodes: readonly ApacheNode[],
  position: Position,
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const directives: ConfigDirective[] = [];
  for (const node of nodes) {
    const expanded = expandNode(node, position, state);
    // Most lines include nothing, so they need no await.
    const inside = expanded instanceof Promise ? await expanded : expanded;
    for (const directive of inside) directives.push(directive);
  }
  return directives;
}

type Expanded = readonly ConfigDirective[] | Promise<readonly ConfigDirective[]>;

function expandNode(node: ApacheNode, position: Position, state: Expansion): Expanded {
  const { line, block } = node;
  const name = node.name.toLowerCase();
  const at = { file: position.file, line };
  spendDirective(state, { at, isBlock: block !== undefined });
  const text = fillVariables(node.rest, at, state);
  if (block !== undefined) {
    if (name === 'macro') return noteProblem(state, at, defineMacroAt({ text, at, block }, state));
    const condition = conditions.get(name);
    if (condition !== undefined) {
      const holds = condition(text, state);
      return expandCondition({ ...node, rest: text, block, holds }, position, state);
    }
  }
  // The lines of the section are a Perl program.
  if (name === 'perl') {
    noteUnread(state, {
      at,
      what: '<Perl>: the audit does not run Perl code, which can add directives',
    });
    return [];
  }
  const args = splitApacheWords(text);
  if (name === 'use') return useMacro(args, { at, position }, state);
  if (name === 'include' || name === 'includeoptional') {
    return includeFiles({ name, pattern: args[0] ?? '', at }, position, state);
  }
  applyToState(name, args, state);
  const directive = { name, args, line, file: position.file };
  if (block === undefined) return [directive];
  return expandNodes(block, position, state).then((inside) => [{ ...directive, block: inside }]);
}

function fillVariables(rest: string, at: Place, state: Expansion): string {
  if (!rest.includes('${')) return rest;
  spendFilledIn(state, { at, characters: measureVariables(rest, state) });
  const { text, unknown } = resolveVariables(rest, state);
  for (const variable of new Set(unknown)) {
    noteUnread(state, { at, what: `\${${variable}} is not defined`, isValue: true });
  }
  return text;
}

interface Condition extends ApacheNode {
  readonly block: readonly ApacheNode[];
  readonly holds: Holds | Promise<Holds>;
}

async function expandCondition(
  { name, rest, line, block, holds }: Condition,
  position: Position,
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const known = await holds;
  if (known === true) return expandNodes(block, position, state);
  const reason = known === undefined ? undecided : undefinedName(name, rest, state);
  if (reason !== undefined) {
    const what = `<${name} ${rest}>: left out, because ${reason}`;
    noteUnread(state, { at: { file: position.file, line }, what });
  }
  return [];
}

function defineMacroAt(
  { text, at, block }: { text: string; at: Place; block: readonly ApacheNode[] },
  { macros }: Expansion,
): Result<undefined, string> {
  return defineMacro(macros, splitApacheWords(text), { file: at.file, nodes: block });
}

function noteProblem(
  state: Expansion,
  at: Place,
  done: Result<unknown, string>,
): readonly ConfigDirective[] {
  if (!done.ok) noteUnread(state, { at, what: done.error });
  return [];
}

/** The lines of the macro, with the file that contains them. */
function useMacro(
  words: readonly string[],
  { at, position }: { readonly at: Place; readonly position: Position },
  state: Expansion,
): Expanded {
  const found = findMacro(state.macros, words);
  if (!found.ok) return noteProblem(state, at, found);
  const macro = found.value;
  const { used = [], depth } = position;
  if (used.includes(macro)) {
    return noteProblem(state, at, err(`macro "${macro.name}" uses itself`));
  }
  const values = words.slice(1);
  spendFilledIn(state, { at, characters: measureMacro(macro, values) });
  checkDepth(at, depth + 1);
  const inside = { file: macro.file, depth: depth + 1, used: [...used, macro] };
  return expandNodes(fillMacro(macro, values), inside, state);
}

/** Applies directives that change how the following lines are read. */
function applyToState(name: string, args: readonly string[], state: Expansion): void {
  const [first = '', second] = args;
  if (name === 'loadmodule') addModule(state.modules, args);
  if (name === 'define') state.defines.set(first, second);
  if (name === 'undefine') state.defines.delete(first);
  if (name === 'undefmacro') state.macros.delete(first.toLowerCase());
  if (name === 'serverroot') state.serverRoot = first;
}

async function includeFiles(
  { name, pattern, at }: { readonly name: string; readonly pattern: string; readonly at: Place },
  { depth }: Position,
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  spendInclude(state, at);
  const path = resolveFrom(state.serverRoot, pattern);
  const found = await state.read(path);
  if (found.length === 0 && name === 'include') {
    noteUnread(state, { at, what: `no file matches "${path}", so Apache does not start` });
  }
  const directives: ConfigDirective[] = [];
  for (const source of found) {
    if ('problem' in source) {
      noteUnread(state, { at, what: source.problem });
      continue;
    }
    spendFile(state, { at, depth: depth + 1 });
    const inside = await expandApacheFile(source, { file: source.path, depth: depth + 1 }, state);
    for (const directive of inside) directives.push(directive);
  }
  return directives;
}
