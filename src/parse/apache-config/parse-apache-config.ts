import { err, ok, type Result } from '../../result.ts';
import type { ConfigComment } from '../config-silences.ts';
import { type LogicalLine, splitLogicalLines } from './logical-lines.ts';

/**
 * One directive or section of a file. Its arguments are unchanged, because variables are replaced before words are
 * split.
 */
export interface ApacheNode {
  readonly name: string;
  /** What follows the name. */
  readonly rest: string;
  readonly line: number;
  readonly block?: readonly ApacheNode[];
}

export interface ApacheFile {
  readonly nodes: readonly ApacheNode[];
  readonly comments: readonly ConfigComment[];
}

export interface ApacheSyntaxError {
  readonly line: number;
  readonly problem: string;
}

/** Deeper than any real configuration: code that walks the tree recurses for each level. */
const deepestSection = 64;

interface OpenSection {
  readonly name: string;
  readonly line: number;
  readonly nodes: ApacheNode[];
}

interface Scan {
  readonly stack: OpenSection[];
  readonly comments: ConfigComment[];
}

/**
 * Parses one configuration file of Apache: a directive in each line, `<Section args>` to `</Section>`, `#` comments.
 */
export function parseApacheConfig(text: string): Result<ApacheFile, ApacheSyntaxError> {
  const root: OpenSection = { name: '', line: 1, nodes: [] };
  const scan: Scan = { stack: [root], comments: [] };
  for (const line of splitLogicalLines(text)) {
    const problem = line.text.includes('\0') ? 'a NUL byte: binary data' : readLine(scan, line);
    if (problem !== undefined) return err({ line: line.line, problem });
  }
  const open = scan.stack.at(-1);
  if (open !== undefined && open !== root) {
    return err({ line: open.line, problem: `<${open.name}> is not closed` });
  }
  return ok({ nodes: root.nodes, comments: scan.comments });
}

/** The problem of the line, if any. */
function readLine(scan: Scan, { text, line }: LogicalLine): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || isInCode(scan, trimmed)) return undefined;
  if (trimmed.startsWith('#')) {
    scan.comments.push({ text: trimmed.slice(1), line });
    return undefined;
  }
  if (trimmed.startsWith('</')) return closeSection(scan, trimmed);
  if (trimmed.startsWith('<')) return openSection(scan, trimmed, line);
  scan.stack.at(-1)?.nodes.push({ ...readDirective(trimmed), line });
  return undefined;
}

/** mod_perl reads the lines of a `<Perl>` section itself, up to `</Perl>`. */
function isInCode({ stack }: Scan, text: string): boolean {
  return stack.at(-1)?.name.toLowerCase() === 'perl' && !/^<\/perl>/i.test(text);
}

/** Splits a trimmed line into the name of the directive and the rest. */
export function readDirective(text: string): { readonly name: string; readonly rest: string } {
  const [, name = text, rest = ''] = /^(\S+)\s+(.*)$/s.exec(text) ?? [];
  return { name, rest };
}

function openSection({ stack }: Scan, text: string, line: number): string | undefined {
  // In a macro, an argument ($x, %x, @x) may stand for the name.
  const [, name] = /^<([A-Za-z_$%@][^\s>]*)/.exec(text) ?? [];
  const end = text.lastIndexOf('>');
  if (name === undefined || end === -1) return 'a section begins with <Name and ends with >';
  if (stack.length > deepestSection) return `sections nest deeper than ${deepestSection}`;
  const nodes: ApacheNode[] = [];
  const rest = text.slice(name.length + 1, end).trim();
  stack.at(-1)?.nodes.push({ name, rest, line, block: nodes });
  stack.push({ name, line, nodes });
  return undefined;
}

function closeSection({ stack }: Scan, text: string): string | undefined {
  const name = /^<\/\s*([^\s>]*)/.exec(text)?.[1] ?? '';
  const open = stack.at(-1);
  if (open === undefined || stack.length === 1) return `</${name}> without <${name}>`;
  if (open.name.toLowerCase() !== name.toLowerCase()) {
    return `</${name}> instead of </${open.name}>, which was opened in line ${open.line}`;
  }
  stack.pop();
  return undefined;
}
