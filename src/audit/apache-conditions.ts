import { compareVersions } from '../derive/server-version.ts';
import { splitApacheWords } from '../parse/apache-config/split-words.ts';
import { matchesWithin } from './bounded-match.ts';

/** Decides whether a conditional section applies. It changes while the files are read from top to bottom, as in Apache. */
export interface ApacheState {
  /** The version of Apache, such as `2.4.62`. */
  readonly version: string;
  /** Identifiers (`status_module`) and source files (`mod_status.c`). */
  readonly modules: Set<string>;
  /** `Define`: maps a name to its value, or to undefined if it has none. */
  readonly defines: Map<string, string | undefined>;
  /** Variables of the envvars file. */
  readonly environment: ReadonlyMap<string, string>;
}

/** Compiled into the packages of Debian, RHEL, Alpine and the official image, so they need no LoadModule. */
const compiledIn = [
  ...['core.c', 'core_module', 'mod_so.c', 'so_module', 'http_core.c', 'http_module'],
  ...['mod_log_config.c', 'log_config_module', 'mod_logio.c', 'logio_module'],
  ...['mod_version.c', 'version_module', 'mod_unixd.c', 'unixd_module'],
  ...['mod_watchdog.c', 'watchdog_module'],
];

export function initialModules(): Set<string> {
  return new Set(compiledIn);
}

/** Without any LoadModule, Apache was built with its modules inside, and the files do not name them. */
export function mayBeBuiltIn({ modules }: { readonly modules: ReadonlySet<string> }): boolean {
  return modules.size === compiledIn.length;
}

/** `LoadModule status_module modules/mod_status.so`. The source files of the MPMs have no prefix mod_mpm_. */
export function addModule(modules: Set<string>, [id = '', path = '']: readonly string[]): void {
  modules.add(id);
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.so$/, '');
  modules.add(`${base.replace(/^mod_mpm_/, '').replace(/^libphp([578]?).*/, 'mod_php$1')}.c`);
  // mod_wsgi_python3.so is built from mod_wsgi.c, as its identifier says.
  if (!id.startsWith('mpm_')) modules.add(`mod_${id.replace(/_module$/, '')}.c`);
}

/** `mod_status.c`, `status_module`, `!mod_status.c`. */
export function holdsIfModule(rest: string, { modules }: ApacheState): boolean {
  const { name, negated } = readCondition(rest);
  return modules.has(name) !== negated;
}

export function holdsIfDefine(rest: string, { defines }: ApacheState): boolean {
  const { name, negated } = readCondition(rest);
  return defines.has(name) !== negated;
}

/** `!NAME`: Apache reads the exclamation mark before it removes the quotes of the first word. */
export function readCondition(rest: string): { readonly name: string; readonly negated: boolean } {
  const text = rest.trim();
  const negated = text.startsWith('!');
  const [name = ''] = splitApacheWords(negated ? text.slice(1) : text);
  return { name, negated };
}

/** `>= 2.4.10`, `2.4`, `~ ^2\.4`, `/^2\.4/`. Returns undefined for an expression that is too expensive to run. */
export function holdsIfVersion(rest: string, { version }: ApacheState): boolean | undefined {
  const [, not, operator, wanted = ''] =
    /^(!?)(=|==|>|>=|<|<=|~)?\s*(\S+)$/.exec(rest.trim()) ?? [];
  const expression = operator === '~' ? wanted : /^\/(.*)\/$/.exec(wanted)?.[1];
  const holds =
    expression === undefined
      ? compares(operator ?? '=', wanted, version)
      : matchesWithin(expression, { text: version });
  return holds === undefined || not !== '!' ? holds : !holds;
}

function compares(operator: string, wanted: string, version: string): boolean | undefined {
  if (!/^\d{1,9}(?:\.\d{1,9}){0,2}$/.test(wanted)) return undefined;
  const difference = compareVersions(version, wanted);
  if (operator.startsWith('>')) return difference > 0 || (operator === '>=' && difference === 0);
  if (operator.startsWith('<')) return difference < 0 || (operator === '<=' && difference === 0);
  return difference === 0;
}

export interface Resolved {
  readonly text: string;
  /** Variables that are not defined. Apache warns about them (AH00111) and does not replace them. */
  readonly unknown: readonly string[];
}

/** Replaces `${NAME}` by its value from `Define` or the environment, as ap_resolve_env() does. */
export function resolveVariables(text: string, state: ApacheState): Resolved {
  if (!text.includes('${')) return { text, unknown: [] };
  const unknown: string[] = [];
  const resolved = text.replace(variable, (both, name: string) => {
    const value = variableValue(name, state);
    if (value === undefined) unknown.push(name);
    return value ?? both;
  });
  return { text: resolved, unknown };
}

/** The number of characters that resolveVariables() would insert. */
export function measureVariables(text: string, state: ApacheState): number {
  if (!text.includes('${')) return 0;
  let length = 0;
  for (const [, name = ''] of text.matchAll(variable))
    length += variableValue(name, state)?.length ?? 0;
  return length;
}

const variable = /\$\{([^{}$:\s]{1,128})\}/g;

/** A `Define` without a value defines a name for <IfDefine>, but not a variable. */
function variableValue(name: string, { defines, environment }: ApacheState): string | undefined {
  return defines.get(name) ?? environment.get(name);
}
