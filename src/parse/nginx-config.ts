import { present } from '../present.ts';
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
  /** Line of the innermost block that is not closed. */
  readonly openedLine?: number;
}

/** Deeper than any real configuration: code that walks the tree recurses for each level. */
const deepestBlock = 64;

/**
 * Parses the configuration grammar of ngx_conf_read_token: words, quoted strings, `#` comments, `;` and `{}`. `include`
 * is not followed, because that needs files.
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
    return err({ line: last, found: 'end of file', ...present({ openedLine: opened.at(-1) }) });
  return ok(stack[0] ?? []);
}
