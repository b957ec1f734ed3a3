import { err, ok, type Result } from '../../result.ts';

/** A format string cut into text that stands for itself and fields that the server fills in. */
export type FormatToken =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string };

/** How the server escapes what it writes: decides where a quoted field ends. */
export type Escaping = 'default' | 'json' | 'none';

export interface Tokens {
  readonly tokens: readonly FormatToken[];
  readonly escaping: Escaping;
}

/** As written in a configuration file, where `\\"` is a quote within quotes. */
function unescapeQuotes(text: string): string {
  return text
    .replaceAll('\\"', '"')
    .replaceAll("\\'", "'")
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '');
}

/** nginx `log_format`: `$name` and `${name}` (ngx_http_script.c); anything else stands for itself. */
export function tokenizeNginxFormat(format: string): Result<Tokens, string> {
  const [, escaping = 'default', body = ''] =
    /^(?:escape=(default|json|none)\s+)?(.*)$/s.exec(format) ?? [];
  return check(
    tokenize(
      unescapeQuotes(body),
      /\$(?:\{(\w+)\}|(\w+))/g,
      ([, braced, bare]) => `$${braced ?? bare ?? ''}`,
    ),
    escaping as Escaping,
  );
}

/** `%`, modifiers (`!404,501`, `<`, `>`), `{argument}`, and one letter or `^` and two (mod_log_config.c). */
const apacheDirective = /%(?:%|[!,<>\d]*(?:\{([^}]*)\})?[!,<>\d]*(\^\w{2}|[A-Za-z]))/g;

/** Apache `LogFormat`, as written in a configuration file or with its `\"` already read. */
export function tokenizeApacheFormat(format: string): Result<Tokens, string> {
  const tokens = tokenize(unescapeQuotes(format), apacheDirective, ([whole, argument, letter]) => {
    if (whole === '%%') return '%';
    // Without `>` it is the status before an internal redirect.
    if (letter === 's' && whole.includes('>')) return '%>s';
    if (argument === undefined) return `%${letter}`;
    // Names of headers know no case.
    return `%{${letter === 'i' ? argument.toLowerCase() : argument}}${letter}`;
  });
  return check(joinTimes(tokens), 'default');
}

/** The argument of a time in strftime's language, or of the fraction that belongs to one. */
function timePart(token: FormatToken | undefined): string | undefined {
  if (token?.kind !== 'field') return undefined;
  const [, form] = /^%\{(?:begin:|end:)?([^}]*)\}t$/.exec(token.name) ?? [];
  if (form === 'msec_frac') return '%L';
  if (form === 'usec_frac') return '%N';
  return form?.includes('%') ? form : undefined;
}

/** `%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t` is one time in three parts. */
function joinTimes(tokens: readonly FormatToken[]): readonly FormatToken[] {
  const joined: FormatToken[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as FormatToken;
    let form = timePart(token);
    if (form === undefined) {
      joined.push(token);
      continue;
    }
    for (;;) {
      const next = tokens[index + 1];
      const between = next?.kind === 'literal' ? next.text : '';
      const after = index + (next?.kind === 'literal' ? 2 : 1);
      const part = between.includes('}') ? undefined : timePart(tokens[after]);
      if (part === undefined) break;
      form += between.replaceAll('%', '%%') + part;
      index = after;
    }
    joined.push({ kind: 'field', name: `%{${form}}t` });
  }
  return joined;
}

function tokenize(
  body: string,
  fieldPattern: RegExp,
  nameOf: (match: RegExpExecArray) => string,
): readonly FormatToken[] {
  const tokens: FormatToken[] = [];
  let literal = '';
  let at = 0;
  for (const match of body.matchAll(fieldPattern)) {
    literal += body.slice(at, match.index);
    at = match.index + match[0].length;
    const name = nameOf(match);
    if (name === '%') {
      literal += name;
      continue;
    }
    if (literal !== '') tokens.push({ kind: 'literal', text: literal });
    literal = '';
    tokens.push({ kind: 'field', name });
  }
  literal += body.slice(at);
  if (literal !== '') tokens.push({ kind: 'literal', text: literal });
  return tokens;
}

function check(tokens: readonly FormatToken[], escaping: Escaping): Result<Tokens, string> {
  if (!tokens.some(({ kind }) => kind === 'field')) return err('it has no field');
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token.kind === 'field' && next?.kind === 'field') {
      return err(`nothing separates ${token.name} from ${next.name}; put a space between them`);
    }
  }
  return ok({ tokens, escaping });
}
