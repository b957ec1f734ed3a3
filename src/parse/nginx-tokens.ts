import type { ConfigComment } from './config-silences.ts';

export interface NginxToken {
  readonly text: string;
  readonly line: number;
  /** `mark` is one of `;`, `{` and `}`. */
  readonly kind: 'mark' | 'word' | 'quoted';
}

export interface NginxTokens {
  readonly tokens: readonly NginxToken[];
  /** Text after a `#`, except in Lua. */
  readonly comments: readonly ConfigComment[];
  /** The first line of a quoted string or a Lua block that is not closed. */
  readonly unfinishedLine?: number;
}

/** State of the scan. It only moves forward, so the work is linear in the text. */
interface Scan {
  readonly text: string;
  at: number;
  line: number;
  readonly tokens: NginxToken[];
  readonly comments: ConfigComment[];
  /** First word of the current directive. */
  directive: string | undefined;
}

/** Splits a configuration file into words, quoted strings and marks, in one pass. */
export function tokenizeNginxConfig(text: string): NginxTokens {
  const scan: Scan = { text, at: 0, line: 1, tokens: [], comments: [], directive: undefined };
  const { tokens, comments } = scan;
  while (scan.at < text.length) {
    const line = scan.line;
    if (!scanToken(scan)) return { tokens, comments, unfinishedLine: line };
  }
  return { tokens, comments };
}

/** False when the token is not closed. */
function scanToken(scan: Scan): boolean {
  const letter = scan.text.charAt(scan.at);
  if (isSpace(letter)) step(scan);
  else if (letter === '#') scanComment(scan);
  else if (letter === '"' || letter === "'") return scanQuoted(scan, letter);
  else if (isMark(letter)) return scanMark(scan, letter);
  else scanWord(scan);
  return true;
}

function scanComment(scan: Scan): void {
  const start = scan.at + 1;
  skipLine(scan);
  scan.comments.push({ text: scan.text.slice(start, scan.at), line: scan.line });
}

function scanQuoted(scan: Scan, quote: string): boolean {
  const { line } = scan;
  const start = scan.at + 1;
  if (!skipString(scan, quote)) return false;
  const text = scan.text.slice(start, scan.at - 1).replace(/\\(["'\\])/g, '$1');
  push(scan, { text, line, kind: 'quoted' });
  return true;
}

function scanMark(scan: Scan, text: string): boolean {
  const isLua = text === '{' && scan.directive?.endsWith('_by_lua_block') === true;
  push(scan, { text, line: scan.line, kind: 'mark' });
  scan.at += 1;
  if (isLua && !skipLua(scan)) return false;
  if (isLua) push(scan, { text: '}', line: scan.line, kind: 'mark' });
  scan.directive = undefined;
  return true;
}

/** A word may contain `${variable}` and escaped characters; quotes within it have no meaning. */
function scanWord(scan: Scan): void {
  const { text, at: start, line } = scan;
  let inVariable = false;
  while (scan.at < text.length) {
    const letter = text.charAt(scan.at);
    if (isSpace(letter) || (isMark(letter) && !inVariable)) break;
    if (letter === '}') inVariable = false;
    const opens = text.startsWith('${', scan.at);
    if (opens) inVariable = true;
    if (opens || letter === '\\') step(scan);
    step(scan);
  }
  push(scan, { text: text.slice(start, scan.at), line, kind: 'word' });
}

/** Blocks of ngx_http_lua_module contain Lua, not directives; their braces, strings and comments are those of Lua. */
function skipLua(scan: Scan): boolean {
  let depth = 1;
  while (scan.at < scan.text.length) {
    const letter = scan.text.charAt(scan.at);
    if (letter === '"' || letter === "'") {
      if (!skipString(scan, letter)) return false;
    } else if (scan.text.startsWith('--', scan.at)) skipLine(scan);
    else {
      if (letter === '{') depth += 1;
      if (letter === '}') depth -= 1;
      step(scan);
      if (depth === 0) return true;
    }
  }
  return false;
}

function skipString(scan: Scan, quote: string): boolean {
  step(scan);
  while (scan.at < scan.text.length) {
    const letter = scan.text.charAt(scan.at);
    if (letter === '\\') step(scan);
    step(scan);
    if (letter === quote) return true;
  }
  return false;
}

function skipLine(scan: Scan): void {
  const end = scan.text.indexOf('\n', scan.at);
  scan.at = end === -1 ? scan.text.length : end;
}

function step(scan: Scan): void {
  if (scan.text.charAt(scan.at) === '\n') scan.line += 1;
  scan.at += 1;
}

function push(scan: Scan, token: NginxToken): void {
  if (token.kind !== 'mark') scan.directive ??= token.text;
  scan.tokens.push(token);
}

/** The separators of ngx_conf_read_token(). */
function isSpace(letter: string): boolean {
  return letter === ' ' || letter === '\n' || letter === '\t' || letter === '\r';
}

function isMark(letter: string): boolean {
  return letter === ';' || letter === '{' || letter === '}';
}
