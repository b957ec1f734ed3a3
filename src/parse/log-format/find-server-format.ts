import { type NginxDirective, parseNginxConfig } from '../nginx-config.ts';

/** The text of nginx's `log_format NAME ...` in one configuration file; includes are not followed. */
export function findNginxFormat(config: string, name: string): string | undefined {
  const parsed = parseNginxConfig(config);
  if (!parsed.ok) return undefined;
  const found = findDirective(
    parsed.value,
    (directive) => directive.name === 'log_format' && directive.args[0] === name,
  );
  if (found === undefined) return undefined;
  const [escaping, ...rest] = found.args.slice(1);
  if (escaping?.startsWith('escape=')) return `${escaping} ${rest.join('')}`;
  return [escaping, ...rest].join('');
}

function findDirective(
  directives: readonly NginxDirective[],
  wanted: (directive: NginxDirective) => boolean,
): NginxDirective | undefined {
  for (const directive of directives) {
    if (wanted(directive)) return directive;
    const inner = findDirective(directive.block ?? [], wanted);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** The text of Apache's `LogFormat "..." NAME`; a backslash at the end of a line continues it. */
export function findApacheFormat(config: string, name: string): string | undefined {
  const lines = config.replace(/\\\r?\n/g, ' ').split('\n');
  for (const line of lines) {
    const match = /^\s*LogFormat\s+"((?:[^"\\]|\\.)*)"\s+(\S+)\s*$/i.exec(line);
    if (match?.[2] === name) return match[1];
  }
  return undefined;
}
