/**
 * Debian's `envvars` is a shell script. Only its assignments count here: `export NAME=value$OTHER`, and
 * `: ${NAME:=value}` as in the images of PHP. Conditions are not evaluated, so indented lines are skipped. Unknown
 * variables (`$SUFFIX`) have their default (`${NAME:-default}`), or are empty, as they are for the first instance on a
 * machine.
 */
export function parseEnvvars(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const line of text.split('\n')) {
    const { name, value } = assignmentOf(line) ?? {};
    if (name === undefined || value === undefined || value.includes('$(')) continue;
    const unquoted = value.trim().replace(/^(["'])(.*)\1$/, '$2');
    const fill = (_: string, a = '', otherwise = '', b = '') => {
      const known = variables.get(a || b);
      return known === undefined || known === '' ? otherwise : known;
    };
    const filled = unquoted.replace(/\$(?:\{(\w{1,128})(?::?[-=]([^{}]*)|[^{}]*)\}|(\w+))/g, fill);
    if (!variables.has(name)) variables.set(name, filled);
  }
  return variables;
}

function assignmentOf(line: string) {
  const found =
    /^(?:export\s+)?(?<name>[A-Za-z_]\w*)=(?<value>.*)$/.exec(line) ??
    /^:\s+"?\$\{(?<name>[A-Za-z_]\w*):?=(?<value>.*)\}"?\s*$/.exec(line);
  return found?.groups;
}
