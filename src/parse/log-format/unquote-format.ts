const quoted = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`;
const comment = String.raw`#[^\n]*(?:\n|$)`;
const pieceOrComment = new RegExp(`${quoted}|${comment}`, 'gs');
const onlyPieces = new RegExp(`^(?:(?:${quoted})\\s*(?:${comment}\\s*)*)+$`, 's');
const nginxDirective = /^log_format\s+\S+\s+(.*)$/s;
const apacheDirective = new RegExp(
  `^(?:LogFormat|CustomLog\\s+(?:${quoted}|\\S+))\\s+("(?:[^"\\\\]|\\\\.)*")(?:\\s.*)?$`,
  'is',
);
/** The arguments of log_format after its name. */
const nginxArguments = /^[\w.-]+\s+(['"].*)$/s;
/** The arguments of LogFormat before its name. */
const apacheArguments = /^("(?:[^"\\$]|\\.)*")\s+[\w.-]+$/s;
const end = /\s*;\s*(?:#[^\n]*)?$/;
const singleField = /^(?:\$\{?\w+\}?|%[^\s"']*)$/;

/**
 * A format without the syntax of the configuration file: the directive or its other arguments, comments, and the quotes
 * around the whole, which for nginx are often several pieces. `"$request" "$status"` keeps its quotes, because each
 * pair contains a single field.
 */
export function unquoteFormat(format: string): string {
  const text = format.trim().replace(end, '');
  const directive = firstOf(text, [nginxDirective, apacheDirective]);
  const found = directive ?? firstOf(text, [nginxArguments, apacheArguments]) ?? text;
  const [, escaping = '', body = ''] =
    /^(escape=(?:default|json|none)\s+)?(.*)$/s.exec(found) ?? [];
  const parts = onlyPieces.test(body) ? (body.match(pieceOrComment) ?? []) : [];
  const contents = parts.filter((part) => !part.startsWith('#')).map((part) => part.slice(1, -1));
  const isWrapped = directive !== undefined || contents.some((part) => !singleField.test(part));
  if (contents.length > 0 && isWrapped) return `${escaping}${contents.join('')}`;
  // A YAML block ends with a newline, which a log line does not contain.
  return directive === undefined ? format.replace(/[\r\n]+$/, '') : `${escaping}${body}`;
}

function firstOf(text: string, patterns: readonly RegExp[]): string | undefined {
  return patterns.map((pattern) => pattern.exec(text)?.[1]).find((match) => match !== undefined);
}
