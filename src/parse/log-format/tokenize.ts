import { err, ok, type Result } from '../../result.ts';

/** A format string, split into literal text and fields. */
export type FormatToken =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string };

/** How the server escapes values, which decides where a quoted field ends. */
const escapings = ['default', 'json', 'none'] as const;
export type Escaping = (typeof escapings)[number];

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

/** nginx `log_format`: `$name` and `${name}` (ngx_http_script.c); anything else is literal. */
export function tokenizeNginxFormat(format: string): Result<Tokens, string> {
  const [, named, body = ''] = /^(?:escape=(default|json|none)\s+)?(.*)$/s.exec(format) ?? [];
  return check(
    tokenize(
      unescapeQuotes(body),
      /\$(?:\{(\w+)\}|(\w+))/g,
      ([, braced, bare]) => `$${braced ?? bare ?? ''}`,
    ),
    escapings.find((escaping) => escaping === named) ?? 'default',
  );
}

/** `%`, modifiers (`!404,501`, `<`, `>`), `{argument}`, and one letter or `^` and two (mod_log_config.c). */
const apacheDirective = /%(?:%|[!,<>\d]*(?:\{([^}]*)\})?[!,<>\d]*(\^\w{2}|[A-Za-z]))/g;

/** Apache `LogFormat`, as written in a configuration file or with `\"` already unescaped. */
export function tokenizeApacheFormat(format: string): Result<Tokens, string> {
  const tokens = tokenize(unescapeQuotes(format), apacheDirective, ([whole, argument, letter]) => {
    if (whole === '%%') return '%';
    // Without `>` it is the status before an internal redirect.
    if (letter === 's' && whole.includes('>')) return '%>s';
    if (argument === undefined) return `%${letter}`;
    // Header names are case-insensitive.
    return `%{${letter === 'i' ? argument.toLowerCase() : argument}}${letter}`;
  });
  return check(joinTimes(tokens), 'default');
}

/** The argument of a time with a strftime pattern, or of the fraction of such a time. */
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
    const token = tokens[index];
    let form = timePart(token);
    if (form === undefined) {
      if (token !== undefined) joined.push(token);
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
