/**
 * Debian's `envvars` is a shell script. Only its assignments count here: `export NAME=value$OTHER`. Conditions are not
 * evaluated, so indented lines are skipped. Unknown variables (`$SUFFIX`) are empty, as they are for the first instance
 * on a machine.
 */
export function parseEnvvars(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || value.includes('$(')) continue;
    const unquoted = value.trim().replace(/^(["'])(.*)\1$/, '$2');
    const known = (_: string, a = '', b = '') => variables.get(a || b) ?? '';
    const filled = unquoted.replace(/\$(?:\{(\w+)[^}]*\}|(\w+))/g, known);
    if (!variables.has(name)) variables.set(name, filled);
  }
  return variables;
}
