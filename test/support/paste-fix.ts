import type { Example } from '../../src/audit/check.ts';
import { type NginxDirective, parseNginxConfig } from '../../src/parse/nginx-config.ts';
import type { Finding } from '../../src/snapshot/audit.ts';
import { auditAsExample, renderExample } from './audit-example.ts';

/** Whose lines are no configuration: of the kernel, of systemd, or comments. */
const elsewhere = new Set([
  'listen-backlog-cut',
  'config-unread',
  'silence-invalid',
  'silence-unused',
]);

export function hasLinesToPaste(id: string, { server }: Example): boolean {
  return !elsewhere.has(id) && !(id === 'file-descriptors-few' && server === 'apache');
}

/** An example's trigger with the lines of all that its check finds; some checks find two things in one place. */
export async function pasteAll(example: Example, id: string): Promise<string> {
  let text = renderExample(example.trigger, example);
  for (let times = 0; times < 3; times++) {
    const { report } = await auditAsExample(example, text);
    const finding = report.findings.find((one) => one.id === id);
    if (finding === undefined) break;
    text = pasteFix(text, finding);
  }
  return text;
}

/** A configuration with the lines of a finding pasted where an operator would put them. */
function pasteFix(text: string, finding: Finding): string {
  return finding.server === 'apache' ? pasteApache(text, finding) : pasteNginx(text, finding);
}

/** The line that is found gives way to the one of its name; the others follow it, or stand at the end. */
function pasteApache(text: string, { at, fix, origin }: Finding): string {
  const lines = text.split('\n');
  const found = lines[at.line - 1] ?? '';
  const [only = ''] = fix;
  if (only.startsWith('# remove: ')) return lines.toSpliced(at.line - 1, 1).join('\n');
  const isPlace = origin.startsWith('/') || found.trim().startsWith('<VirtualHost');
  if (!isPlace) return [...lines, ...fix, ''].join('\n');
  const replaces = fix.some((line) => nameOf(line) === nameOf(found));
  return lines.toSpliced(at.line - (replaces ? 1 : 0), replaces ? 1 : 0, ...fix).join('\n');
}

function nameOf(line: string): string {
  return line.trim().split(/\s/)[0]?.toLowerCase() ?? '';
}

interface Block {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block?: readonly Block[];
}

const ofMain = new Set(['worker_rlimit_nofile', 'events']);
const ofHttp = new Set(['upstream', 'map', 'log_format', 'server']);

function pasteNginx(text: string, { at, fix, effective }: Finding): string {
  const [, old] = /^# in place of (\w+):$/.exec(fix[0] ?? '') ?? [];
  const tree = without(parse(text), { line: at.line, name: old ?? '' });
  const [found = ''] = effective.split(' ');
  const target = parentOf(parse(text), { line: at.line, name: found }) ?? blockAt(tree, at.line);
  // The last line first, because each is put before the others: so they stand in the order of the fix.
  const pasted = parse(fix.join('\n')).reduceRight<readonly Block[]>((all, line) => {
    if (ofMain.has(line.name)) return put(all, line);
    const isHttp = ofHttp.has(line.name);
    return change(all, (block) => (isHttp ? block.name === 'http' : isSame(block, target)), line);
  }, tree);
  return `${print(pasted)}\n`;
}

function without(
  tree: readonly Block[],
  gone: { readonly line: number; readonly name: string },
): readonly Block[] {
  return tree
    .filter(({ name, line }) => name !== gone.name || line !== gone.line)
    .map((one) => (one.block === undefined ? one : { ...one, block: without(one.block, gone) }));
}

function parse(text: string): readonly NginxDirective[] {
  const parsed = parseNginxConfig(text);
  if (!parsed.ok) throw new Error(`${parsed.error.line}: ${parsed.error.found}\n${text}`);
  return parsed.value;
}

/** The block whose line of that name is found; for a block without the line, itself. */
function parentOf(
  tree: readonly Block[],
  wanted: { readonly line: number; readonly name: string },
): Block | undefined {
  for (const one of tree) {
    if (one.block === undefined) continue;
    if (one.name === wanted.name && one.line === wanted.line) return one;
    const isHere = one.block.some(
      ({ name, line, block }) =>
        block === undefined && name === wanted.name && line === wanted.line,
    );
    const found = isHere ? one : parentOf(one.block, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

function blockAt(tree: readonly Block[], line: number): Block | undefined {
  return tree
    .flatMap((one) => [
      one,
      ...(one.block ?? []),
      ...(one.block ?? []).flatMap(({ block }) => block ?? []),
    ])
    .find((one) => one.line === line && one.block !== undefined);
}

function isSame(one: Block, other: Block | undefined): boolean {
  return one.name === other?.name && one.line === other.line;
}

function change(
  tree: readonly Block[],
  isTarget: (block: Block) => boolean,
  line: Block,
): readonly Block[] {
  return tree.map((one) => {
    if (one.block === undefined) return one;
    const block = isTarget(one) ? put(one.block, line) : change(one.block, isTarget, line);
    return { ...one, block };
  });
}

/** In place of the line that says the same thing; else before the others, as `map` and `log_format` want it. */
function put(block: readonly Block[], line: Block): readonly Block[] {
  const same = (one: Block) => one.name === line.name && subjectOf(one) === subjectOf(line);
  return block.some(same) ? block.map((one) => (same(one) ? line : one)) : [line, ...block];
}

function subjectOf({ name, args }: Block): string | undefined {
  if (name === 'map') return args[1];
  return name === 'proxy_set_header' || name === 'upstream' || name === 'server' || name === 'allow'
    ? args[0]
    : '';
}

function print(tree: readonly Block[]): string {
  return tree
    .map(({ name, args, block }) => {
      const words = [name, ...args].map((word) => `"${word.replace(/["\\]/g, '\\$&')}"`).join(' ');
      return block === undefined ? `${words};` : `${words} {\n${print(block)}\n}`;
    })
    .join('\n');
}
