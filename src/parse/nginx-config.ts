import { err, ok, type Result } from '../result.ts';

/** One directive of an nginx configuration file; a block directive has children. */
export interface NginxDirective {
  readonly name: string;
  readonly args: readonly string[];
  /** 1-based line of its name. */
  readonly line: number;
  readonly block?: readonly NginxDirective[];
}

export interface NginxSyntaxError {
  readonly line: number;
  readonly found: string;
}

interface Token {
  readonly text: string;
  readonly line: number;
  readonly quoted: boolean;
}

/**
 * Parses the configuration grammar of ngx_conf_read_token: words, quoted strings, `#` comments, `;` and `{}`.
 * `include` stays a directive: following it needs files.
 */
export function parseNginxConfig(
  text: string,
): Result<readonly NginxDirective[], NginxSyntaxError> {
  const tokens = tokenize(text);
  const stack: NginxDirective[][] = [[]];
  let words: Token[] = [];
  for (const token of tokens) {
    const mark = token.quoted ? '' : token.text;
    if (mark !== ';' && mark !== '{' && mark !== '}') {
      words.push(token);
      continue;
    }
    const [name, ...args] = words;
    words = [];
    const siblings = stack.at(-1);
    if (mark === '}') {
      if (name !== undefined || stack.length === 1) return err({ line: token.line, found: '}' });
      stack.pop();
      continue;
    }
    if (name === undefined || siblings === undefined) return err({ line: token.line, found: mark });
    const directive = { name: name.text, args: args.map(({ text }) => text), line: name.line };
    if (mark === ';') siblings.push(directive);
    else {
      const block: NginxDirective[] = [];
      siblings.push({ ...directive, block });
      stack.push(block);
    }
  }
  const last = tokens.at(-1)?.line ?? 1;
  if (words.length > 0 || stack.length > 1) return err({ line: last, found: 'end of file' });
  return ok(stack[0] ?? []);
}

/** Quoted string, comment, single mark, or word; a word may hold `${var}` and escaped characters. */
const tokenPattern =
  /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|#[^\n]*|([;{}])|((?:\$\{[^}\s]*\}|\\[\s\S]|[^\s;{}])+)|\n/g;

/** Blocks of ngx_http_lua_module hold Lua, not directives; their braces and strings are Lua's. */
const luaBlock =
  /(\w+_by_lua_block)\s*\{(?:[^{}"']|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\{[^{}]*\})*\}/g;

function tokenize(source: string): readonly Token[] {
  const text = source.replace(luaBlock, (block, name: string) => {
    const lines = block.split('\n').length - 1;
    return `${name} {${'\n'.repeat(lines)}}`;
  });
  const tokens: Token[] = [];
  let line = 1;
  for (const match of text.matchAll(tokenPattern)) {
    const [whole, double, single, mark, word] = match;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ text: unquote(quoted), line, quoted: true });
    else if (mark !== undefined) tokens.push({ text: mark, line, quoted: false });
    else if (word !== undefined) tokens.push({ text: word, line, quoted: false });
    line += whole.split('\n').length - 1;
  }
  return tokens;
}

function unquote(text: string): string {
  return text.replace(/\\(["'\\])/g, '$1');
}
