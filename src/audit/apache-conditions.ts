import { compareVersions } from '../derive/server-version.ts';

/** What decides whether a conditional section applies; Apache reads its files from top to bottom, and so does this. */
export interface ApacheState {
  /** Of Apache, `2.4.62`. */
  readonly version: string;
  /** Identifiers (`status_module`) and source files (`mod_status.c`). */
  readonly modules: Set<string>;
  /** `Define` and -D, name to value. */
  readonly defines: Map<string, string>;
  /** Of the environment: the envvars file. */
  readonly environment: ReadonlyMap<string, string>;
}

/** Compiled into the packages of Debian, RHEL, Alpine and the official image, so no LoadModule names them. */
const compiledIn = [
  ...['core.c', 'core_module', 'mod_so.c', 'so_module', 'http_core.c', 'http_module'],
  ...['mod_log_config.c', 'log_config_module', 'mod_logio.c', 'logio_module'],
  ...['mod_version.c', 'version_module', 'mod_unixd.c', 'unixd_module'],
  ...['mod_watchdog.c', 'watchdog_module'],
];

export function initialModules(): Set<string> {
  return new Set(compiledIn);
}

/** `LoadModule status_module modules/mod_status.so`: the MPMs' source files are named without mod_mpm_. */
export function addModule(modules: Set<string>, [id = '', path = '']: readonly string[]): void {
  modules.add(id);
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.so$/, '');
  modules.add(`${base.replace(/^mod_mpm_/, '').replace(/^libphp([578]?).*/, 'mod_php$1')}.c`);
}

/** `mod_status.c`, `status_module`, `!mod_status.c`. */
export function holdsIfModule(rest: string, { modules }: ApacheState): boolean {
  return negatable(rest, (name) => modules.has(name));
}

export function holdsIfDefine(rest: string, { defines }: ApacheState): boolean {
  return negatable(rest, (name) => defines.has(name));
}

/** `>= 2.4.10`, `!~ 2.2`, `2.4`; a version in slashes is a regular expression, of which nothing is known here. */
export function holdsIfVersion(rest: string, { version }: ApacheState): boolean | undefined {
  const [, not, operator, wanted] = /^(!?)(=|==|>|>=|<|<=|~)?\s*([\d.]+)$/.exec(rest.trim()) ?? [];
  if (wanted === undefined) return undefined;
  const holds = compares(operator ?? '=', compareVersions(version, wanted));
  return not === '!' ? !holds : holds;
}

function compares(operator: string, difference: number): boolean {
  if (operator.startsWith('>')) return difference > 0 || (operator === '>=' && difference === 0);
  if (operator.startsWith('<')) return difference < 0 || (operator === '<=' && difference === 0);
  return difference === 0;
}

function negatable(rest: string, holds: (name: string) => boolean): boolean {
  const name = rest.trim().replace(/^"(.*)"$/, '$1');
  return name.startsWith('!') ? !holds(name.slice(1)) : holds(name);
}

export interface Resolved {
  readonly text: string;
  /** Variables nobody defines; Apache warns about them (AH00111) and leaves them as they stand. */
  readonly unknown: readonly string[];
}

/** Replaces `${NAME}` by what `Define` or the environment says, as ap_resolve_env() does. */
export function resolveVariables(text: string, { defines, environment }: ApacheState): Resolved {
  const unknown: string[] = [];
  const resolved = text.replace(/\$\{([^{}$:\s]{1,128})\}/g, (both, name: string) => {
    const value = defines.get(name) ?? environment.get(name);
    if (value === undefined) unknown.push(name);
    return value ?? both;
  });
  return { text: resolved, unknown };
}
