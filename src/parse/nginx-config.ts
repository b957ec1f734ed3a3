import { err, ok, type Result } from '../result.ts';
import { type NginxToken, tokenizeNginxConfig } from './nginx-tokens.ts';

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
  /** Line of the innermost block that has no end. */
  readonly openedLine?: number;
}

/** Deeper than any configuration: what walks the tree afterwards calls itself for each level. */
const deepestBlock = 64;

/**
 * Parses the configuration grammar of ngx_conf_read_token: words, quoted strings, `#` comments, `;` and `{}`.
 * `include` stays a directive: following it needs files.
 */
export function parseNginxConfig(
  text: string,
): Result<readonly NginxDirective[], NginxSyntaxError> {
  const { tokens, unfinishedLine } = tokenizeNginxConfig(text);
  const stack: NginxDirective[][] = [[]];
  const opened: number[] = [];
  let words: NginxToken[] = [];
  for (const token of tokens) {
    const mark = token.text;
    if (token.kind !== 'mark') {
      words.push(token);
      continue;
    }
    const [name, ...args] = words;
    words = [];
    const siblings = stack.at(-1);
    if (mark === '}') {
      if (name !== undefined || stack.length === 1) return err({ line: token.line, found: '}' });
      stack.pop();
      opened.pop();
      continue;
    }
    if (name === undefined || siblings === undefined) return err({ line: token.line, found: mark });
    const directive = { name: name.text, args: args.map(({ text }) => text), line: name.line };
    if (mark === ';') siblings.push(directive);
    else if (stack.length > deepestBlock) return err({ line: token.line, found: '{' });
    else {
      const block: NginxDirective[] = [];
      siblings.push({ ...directive, block });
      stack.push(block);
      opened.push(name.line);
    }
  }
  const last = unfinishedLine ?? tokens.at(-1)?.line ?? 1;
  if (unfinishedLine !== undefined || words.length > 0 || stack.length > 1)
    return err({ line: last, found: 'end of file', ...innermost(opened) });
  return ok(stack[0] ?? []);
}

function innermost(opened: readonly number[]) {
  const openedLine = opened.at(-1);
  return openedLine === undefined ? {} : { openedLine };
}
