const piece = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs;
const onlyPieces = /^(?:(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*)+$/s;
const nginxDirective = /^log_format\s+\S+\s+(.*?)\s*;?$/s;
const apacheDirective = /^LogFormat\s+("(?:[^"\\]|\\.)*")(?:\s+\S+)?$/is;
const singleField = /^(?:\$\{?\w+\}?|%[^\s"']*)$/;

/**
 * A format without what belongs to the server's configuration file: the directive, and the quotes around the whole,
 * which for nginx often come in several pieces. `"$request" "$status"` keeps its quotes: each holds a single field.
 */
export function unquoteFormat(format: string): string {
  const text = format.trim();
  const directive = nginxDirective.exec(text)?.[1] ?? apacheDirective.exec(text)?.[1];
  const [, escaping = '', body = ''] =
    /^(escape=(?:default|json|none)\s+)?(.*)$/s.exec(directive ?? text.replace(/;$/, '')) ?? [];
  const parts = onlyPieces.test(body) ? (body.match(piece) ?? []) : [];
  const contents = parts.map((part) => part.slice(1, -1));
  const quoted = directive !== undefined || contents.some((part) => !singleField.test(part));
  if (parts.length > 0 && quoted) return `${escaping}${contents.join('')}`;
  // A block of YAML ends with a newline that no line of a log has.
  return directive === undefined ? format.replace(/[\r\n]+$/, '') : `${escaping}${body}`;
}
