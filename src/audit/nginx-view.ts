import { compareVersions } from '../derive/server-version.ts';
import type { ConfigDirective, ConfigTree, Place } from '../snapshot/config-tree.ts';
import { nginxSeconds } from './durations.ts';
import { namedIn, oncePer, oncePerName } from './named-directives.ts';
import { nginxDefault } from './nginx-defaults.ts';
import { placeOf, type Setting, settingFrom } from './setting.ts';

/** A block that inherits from the block around it: main, http, server, location, if, limit_except. */
export interface NginxLevel {
  readonly label: string;
  readonly at: Place;
  readonly directives: readonly ConfigDirective[];
  readonly parent?: NginxLevel;
}

export interface NginxUpstream {
  readonly name: string;
  readonly at: Place;
  readonly directives: readonly ConfigDirective[];
}

export interface NginxView {
  readonly server: 'nginx';
  readonly tree: ConfigTree;
  readonly version: string;
  readonly main: NginxLevel;
  readonly http: NginxLevel;
  readonly servers: readonly NginxLevel[];
  /** The locations of all servers, including nested ones. */
  readonly locations: readonly NginxLevel[];
  readonly upstreams: ReadonlyMap<string, NginxUpstream>;
  readonly cpuCount: number;
}

export function buildNginxView(tree: ConfigTree, version: string, cpuCount: number): NginxView {
  const { directives } = tree;
  const main = { label: 'main', at: { file: tree.file, line: 1 }, directives };
  const section = directives.find(({ name }) => name === 'http');
  const http = section === undefined ? { ...main, directives: [] } : levelOf(section, main);
  const servers = namedIn(http.directives, 'server').map((server) => levelOf(server, http));
  return {
    server: 'nginx',
    tree,
    version,
    main,
    http,
    servers,
    locations: servers.flatMap((server) => inner(server)),
    upstreams: upstreamsIn(http),
    cpuCount,
  };
}

const inheriting = new Set(['location', 'if', 'limit_except']);

function inner(level: NginxLevel): readonly NginxLevel[] {
  return level.directives
    .filter(({ name, block }) => inheriting.has(name) && block !== undefined)
    .map((directive) => levelOf(directive, level))
    .flatMap((location) => [location, ...inner(location)]);
}

function levelOf(directive: ConfigDirective, parent: NginxLevel): NginxLevel {
  const { name, args, block = [] } = directive;
  return { label: labelOf(name, args, block), at: placeOf(directive), directives: block, parent };
}

function labelOf(name: string, args: readonly string[], block: readonly ConfigDirective[]): string {
  if (name !== 'server') return [name, ...args].join(' ');
  const named = block.find((directive) => directive.name === 'server_name')?.args[0];
  return named === undefined ? 'server' : `server ${named}`;
}

function upstreamsIn(http: NginxLevel): ReadonlyMap<string, NginxUpstream> {
  return new Map(
    namedIn(http.directives, 'upstream').map((upstream) => {
      const [name = ''] = upstream.args;
      return [name, { name, at: placeOf(upstream), directives: upstream.block ?? [] }] as const;
    }),
  );
}

export function isBefore({ version }: NginxView, other: string): boolean {
  return compareVersions(version, other) < 0;
}

/** The levels that visitors reach: the servers, or http if there are none. */
export function servingLevels({ servers, http }: NginxView): readonly NginxLevel[] {
  return servers.length === 0 ? [http] : servers;
}

/** The value that applies at a level: that of the nearest block, else the default of the version. */
export function nginxSetting(view: NginxView, level: NginxLevel, name: string): Setting {
  const [own] = nearest(level, name).slice(-1);
  if (own !== undefined) return settingFrom(name, own);
  const isInHttp = level === view.http || level.parent?.parent !== undefined;
  return isInHttp ? defaultsInHttp(view)(name) : defaultOf(view, name, level.at);
}

/** The values of a directive for all servers. Servers without their own value share one setting, which is listed once. */
export function servingSettings(view: NginxView, name: string): readonly Setting[] {
  return [...new Set(servingLevels(view).map((level) => nginxSetting(view, level, name)))];
}

/** All servers without their own value share one default: a line in http would set it for all of them. */
const defaultsInHttp = oncePer((view: NginxView) =>
  oncePerName((name) => defaultOf(view, name, view.http.at)),
);

function defaultOf({ version }: NginxView, name: string, at: Place): Setting {
  const value = nginxDefault(name, version);
  return {
    name,
    args: value === undefined ? [] : [value],
    at,
    origin: `default of nginx ${version}`,
    isDefault: true,
  };
}

/** All directives with a name in the nearest block that has any: nginx does not merge levels (proxy_set_header). */
export function nearest(level: NginxLevel, name: string): readonly ConfigDirective[] {
  for (let at: NginxLevel | undefined = level; at !== undefined; at = at.parent) {
    const own = namedIn(at.directives, name);
    if (own.length > 0) return own;
  }
  return [];
}

export function serverOf(level: NginxLevel): NginxLevel {
  let at = level;
  while (at.parent?.parent?.parent !== undefined) at = at.parent;
  return at;
}

export const settingSeconds = oncePer(({ args }: Setting) => nginxSeconds(args[0] ?? ''));

/** The number of worker processes that nginx runs. */
export function workerProcesses(view: NginxView): number {
  const [value = '1'] = nginxSetting(view, view.main, 'worker_processes').args;
  return value === 'auto' ? view.cpuCount : Math.max(1, Number(value) || 1);
}

export function workerConnections(view: NginxView): Setting {
  const [events] = namedIn(view.tree.directives, 'events');
  const level = events === undefined ? view.main : levelOf(events, view.main);
  return nginxSetting(view, level, 'worker_connections');
}
