import { type ApacheNode, parseApacheConfig } from '../parse/apache-config/parse-apache-config.ts';
import { splitApacheWords } from '../parse/apache-config/split-words.ts';
import { findSilences } from '../parse/config-silences.ts';
import { err, ok, type Result } from '../result.ts';
import type {
  ConfigDirective,
  ConfigTree,
  Place,
  ReadSources,
  Silence,
  SourceFile,
  UnreadPart,
} from '../snapshot/config-tree.ts';
import {
  type ApacheState,
  addModule,
  holdsIfDefine,
  holdsIfModule,
  holdsIfVersion,
  initialModules,
  resolveVariables,
} from './apache-conditions.ts';
import { type ExpansionBudget, spend, spendInclude } from './expansion-budget.ts';

export interface ApacheTree extends ConfigTree {
  readonly modules: ReadonlySet<string>;
}

export interface ApacheExpansionOptions {
  readonly read: ReadSources;
  readonly version: string;
  /** From `envvars`. */
  readonly environment: ReadonlyMap<string, string>;
}

/** What is known while the files are read from top to bottom. */
interface Expansion extends ApacheState, ExpansionBudget {
  readonly read: ReadSources;
  readonly unread: UnreadPart[];
  readonly silences: Silence[];
  serverRoot: string;
}

type ReadFile = Extract<SourceFile, { readonly text: string }>;

interface Position {
  readonly file: string;
  readonly depth: number;
}

/** An error that ends the reading of the whole tree: it names file and line. Caught where the reading began. */
class UnreadableTree extends Error {}

/**
 * Reads an Apache configuration as the server does: includes followed, conditional sections and variables resolved in
 * the order of the files. Sections that select requests (VirtualHost, Directory, Location, …) stay sections.
 *
 * @returns the tree, or what cannot be parsed, with file and line
 */
export async function expandApacheConfig(
  file: string,
  options: ApacheExpansionOptions,
): Promise<Result<ApacheTree, string>> {
  const state: Expansion = {
    ...options,
    modules: initialModules(),
    defines: new Map(),
    unread: [],
    silences: [],
    serverRoot: parentOf(parentOf(file).endsWith('/conf') ? parentOf(file) : file),
    files: 0,
    includes: 0,
  };
  try {
    const [source] = await options.read(file);
    if (source === undefined) return err(`${file}: there is no such file`);
    if ('problem' in source) return err(source.problem);
    const directives = await expandFile(source, { file, depth: 0 }, state);
    const overrides = await readOverrides(directives, state);
    return ok({ file, directives: [...directives, ...overrides], ...partsOf(state) });
  } catch (error) {
    if (error instanceof UnreadableTree) return err(error.message);
    throw error;
  }
}

function partsOf({ unread, silences, modules }: Expansion) {
  return { unread, silences, modules };
}

async function expandFile(
  { path, text }: ReadFile,
  { depth }: Position,
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const parsed = parseApacheConfig(text);
  if (!parsed.ok) {
    const { line, problem } = parsed.error;
    throw new UnreadableTree(`${path}:${line}: ${problem}; check it with apachectl -t`);
  }
  for (const silence of findSilences(path, parsed.value.comments)) state.silences.push(silence);
  return expandNodes(parsed.value.nodes, { file: path, depth }, state);
}

async function expandNodes(
  nodes: readonly ApacheNode[],
  position: Position,
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const directives: ConfigDirective[] = [];
  for (const node of nodes) {
    const expanded = expandNode(node, position, state);
    // Most lines include nothing and wait for nothing.
    const inside = expanded instanceof Promise ? await expanded : expanded;
    for (const directive of inside) directives.push(directive);
  }
  return directives;
}

/** Sections whose content is read at once or not at all. */
const conditions: Readonly<
  Record<string, (rest: string, state: ApacheState) => boolean | undefined>
> = {
  ifmodule: holdsIfModule,
  ifdefine: holdsIfDefine,
  ifversion: holdsIfVersion,
};

/** Constructs of which is not known here what they do to the configuration. */
const notUnderstood = new Set(['macro', 'use', 'ifdirective', 'ifsection', 'perl', 'iffile']);

type Expanded = readonly ConfigDirective[] | Promise<readonly ConfigDirective[]>;

function expandNode(node: ApacheNode, position: Position, state: Expansion): Expanded {
  const { line, block } = node;
  const name = node.name.toLowerCase();
  const at = { file: position.file, line };
  const condition = conditions[name];
  if (condition !== undefined && block !== undefined) {
    const holds = condition(node.rest, state);
    if (holds === undefined) noteUnread(state, at, `<${node.name} ${node.rest}>`);
    return holds === true ? expandNodes(block, position, state) : [];
  }
  if (notUnderstood.has(name)) {
    noteUnread(state, at, `${node.name} ${node.rest}`);
    return [];
  }
  const { text, unknown } = resolveVariables(node.rest, state);
  for (const variable of unknown) noteUnread(state, at, `\${${variable}} is not defined`);
  const args = splitApacheWords(text);
  if (name === 'include' || name === 'includeoptional') {
    return includeFiles({ name, pattern: args[0] ?? '', at }, position, state);
  }
  applyAtOnce(name, args, state);
  const directive = { name, args, line, file: position.file };
  if (block === undefined) return [directive];
  return expandNodes(block, position, state).then((inside) => [{ ...directive, block: inside }]);
}

/** Directives that change how the rest of the files is read. */
function applyAtOnce(name: string, args: readonly string[], state: Expansion): void {
  const [first = '', second = ''] = args;
  if (name === 'loadmodule') addModule(state.modules, args);
  if (name === 'define') state.defines.set(first, second);
  if (name === 'undefine') state.defines.delete(first);
  if (name === 'serverroot') state.serverRoot = first;
}

async function includeFiles(
  { name, pattern, at }: { readonly name: string; readonly pattern: string; readonly at: Place },
  { depth }: Position,
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const allowed = spendInclude(state, at);
  if (!allowed.ok) throw new UnreadableTree(allowed.error);
  const found = await state.read(resolveFrom(state.serverRoot, pattern));
  if (found.length === 0 && name === 'include') {
    noteUnread(state, at, `"${pattern}" matches no file`);
  }
  const directives: ConfigDirective[] = [];
  for (const source of found) {
    if ('problem' in source) {
      noteUnread(state, at, source.problem);
      continue;
    }
    const spent = spend(state, { at, depth: depth + 1 });
    if (!spent.ok) throw new UnreadableTree(spent.error);
    const inside = await expandFile(source, { file: source.path, depth: depth + 1 }, state);
    for (const directive of inside) directives.push(directive);
  }
  return directives;
}

/** `.htaccess` of each directory that the configuration names and in which AllowOverride lets it count. */
async function readOverrides(
  directives: readonly ConfigDirective[],
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const overrides: ConfigDirective[] = [];
  for (const section of findSections(directives, 'directory')) {
    const path = section.args[0] ?? '';
    const allowed = section.block?.findLast(({ name }) => name === 'allowoverride');
    const isOn = allowed !== undefined && allowed.args[0]?.toLowerCase() !== 'none';
    if (!isOn || !path.startsWith('/') || /[*?[~]/.test(path)) continue;
    const file = `${path.replace(/\/$/, '')}/.htaccess`;
    for (const source of await state.read(file)) {
      if ('problem' in source) {
        noteUnread(state, { file: section.file, line: section.line }, source.problem);
        continue;
      }
      const block = await expandFile(source, { file, depth: 0 }, state);
      overrides.push({ name: 'directory', args: [path], line: 1, file, block });
    }
  }
  return overrides;
}

function findSections(
  directives: readonly ConfigDirective[],
  wanted: string,
): readonly ConfigDirective[] {
  return directives.flatMap((directive) => {
    const inside = findSections(directive.block ?? [], wanted);
    return directive.name === wanted ? [directive, ...inside] : inside;
  });
}

function noteUnread(state: Expansion, at: Place, what: string): void {
  state.unread.push({ at, what });
}

function resolveFrom(root: string, path: string): string {
  return path.startsWith('/') ? path : `${root.replace(/\/$/, '')}/${path}`;
}

function parentOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash <= 0 ? '/' : file.slice(0, slash);
}
