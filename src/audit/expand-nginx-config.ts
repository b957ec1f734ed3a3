import { findSilences } from '../parse/config-silences.ts';
import { type NginxDirective, parseNginxConfig } from '../parse/nginx-config.ts';
import { tokenizeNginxConfig } from '../parse/nginx-tokens.ts';
import type { Result } from '../result.ts';
import type {
  ConfigDirective,
  ConfigTree,
  Place,
  ReadSources,
  Silence,
} from '../snapshot/config-tree.ts';
import {
  type ExpansionBudget,
  newBudget,
  noteUnread,
  spendDirective,
  spendFile,
  spendInclude,
} from './expansion-budget.ts';
import { readMainFile, readTree, type TextSource, UnreadableTree } from './read-tree.ts';

interface Expansion extends ExpansionBudget {
  readonly read: ReadSources;
  /** The directory of the main file, to which paths are relative (nginx's prefix `conf/`). */
  readonly root: string;
  readonly silences: Silence[];
}

/**
 * Reads an nginx configuration and replaces each `include` by the included lines, as nginx does. A pattern without a
 * match is not an error. Included files that cannot be read are listed as unread.
 *
 * @returns the tree, or a message with file and line if the configuration cannot be parsed
 */
export function expandNginxConfig(
  file: string,
  read: ReadSources,
): Promise<Result<ConfigTree, string>> {
  return readTree(async () => {
    const source = await readMainFile(file, { read, usualName: 'nginx.conf' });
    const root = file.slice(0, file.lastIndexOf('/'));
    const state: Expansion = { read, root, silences: [], ...newBudget() };
    const directives = await expandFile(source, 0, state);
    return { file, directives, unread: state.unread, silences: state.silences };
  });
}

const apacheSection = /^[ \t]*<(?:Directory|Files|IfModule|Location|VirtualHost)[ \t]/m;

async function expandFile(
  { path, text }: TextSource,
  depth: number,
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const binary = text.indexOf('\0');
  if (binary !== -1) {
    const line = text.slice(0, binary).split('\n').length;
    throw new UnreadableTree(`${path}:${line}: a NUL byte: binary data`);
  }
  const parsed = parseNginxConfig(text);
  if (!parsed.ok) {
    const { line, found, openedLine } = parsed.error;
    const open = openedLine === undefined ? '' : `: the block of line ${openedLine} is not closed`;
    const advice = apacheSection.test(text)
      ? 'this is a configuration of Apache, not of nginx'
      : 'check the file with nginx -t';
    throw new UnreadableTree(`${path}:${line}: unexpected "${found}"${open}; ${advice}`);
  }
  if (text.includes('keepalive-exporter:')) {
    const { comments } = tokenizeNginxConfig(text);
    for (const silence of findSilences(path, comments)) state.silences.push(silence);
  }
  return expandIncludes(parsed.value, { file: path, depth }, state);
}

async function expandIncludes(
  nodes: readonly NginxDirective[],
  position: { readonly file: string; readonly depth: number },
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const directives: ConfigDirective[] = [];
  for (const { name, args, line, block } of nodes) {
    const { file, depth } = position;
    spendDirective(state, { at: { file, line }, isBlock: block !== undefined });
    if (name === 'include' && block === undefined) {
      const included = await includeFiles(args[0] ?? '', { at: { file, line }, depth }, state);
      for (const directive of included) directives.push(directive);
    } else if (block === undefined) directives.push({ name, args, line, file });
    else {
      const inside = await expandIncludes(block, position, state);
      directives.push({ name, args, line, file, block: inside });
    }
  }
  return directives;
}

async function includeFiles(
  pattern: string,
  { at, depth }: { readonly at: Place; readonly depth: number },
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  spendInclude(state, at);
  const path = pattern.startsWith('/') ? pattern : `${state.root}/${pattern}`;
  const found = await state.read(path);
  const isPattern = /[*?[]/.test(pattern);
  if (found.length === 0 && !isPattern) {
    noteUnread(state, { at, what: `"${path}": no such file, so nginx does not start` });
  }
  const directives: ConfigDirective[] = [];
  for (const source of found) {
    if (!isPattern && source.path !== path) {
      const what = `"${path}" is a directory, so nginx does not start; include "${path}/*.conf"`;
      noteUnread(state, { at, what });
      break;
    }
    if ('problem' in source) {
      noteUnread(state, { at, what: source.problem });
      continue;
    }
    spendFile(state, { at, depth: depth + 1 });
    for (const directive of await expandFile(source, depth + 1, state)) directives.push(directive);
  }
  return directives;
}
