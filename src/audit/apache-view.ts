import { compareVersions } from '../derive/server-version.ts';
import type { ConfigDirective, Place } from '../snapshot/config-tree.ts';
import { apacheDefault, apacheNames } from './apache-defaults.ts';
import type { ApacheTree } from './expand-apache-config.ts';
import { namedIn, oncePer, oncePerName } from './named-directives.ts';
import { countOf, placeOf, type Setting, settingFrom } from './setting.ts';

export type ApacheMpm = 'prefork' | 'worker' | 'event';

/** The main server or a virtual host. */
export interface ApacheScope {
  readonly label: string;
  readonly at: Place;
  /** Addresses of the virtual host; empty for the main server. */
  readonly addresses: readonly string[];
  readonly directives: readonly ConfigDirective[];
}

export interface ApacheView {
  readonly server: 'apache';
  readonly tree: ApacheTree;
  readonly version: string;
  readonly mpm: ApacheMpm;
  readonly main: ApacheScope;
  readonly hosts: readonly ApacheScope[];
}

export function buildApacheView(tree: ApacheTree, version: string): ApacheView {
  const hosts = tree.directives.filter(({ name }) => name === 'virtualhost');
  const others = tree.directives.filter(({ name }) => name !== 'virtualhost');
  const main = {
    label: 'the main server',
    at: { file: tree.file, line: 1 },
    addresses: [],
    directives: others,
  };
  return {
    server: 'apache',
    tree,
    version,
    mpm: mpmOf(tree, version),
    main,
    hosts: hosts.map(hostScope),
  };
}

function hostScope(section: ConfigDirective): ApacheScope {
  const { args, block: directives = [] } = section;
  const name = directives.findLast((directive) => directive.name === 'servername')?.args[0];
  const label = name === undefined ? `<VirtualHost ${args.join(' ')}>` : `virtual host ${name}`;
  return { label, at: placeOf(section), addresses: args, directives };
}

/** Apache 2.2 has its MPM compiled in, without LoadModule; most of its packages use prefork. */
function mpmOf({ modules }: ApacheTree, version: string): ApacheMpm {
  for (const mpm of ['prefork', 'worker', 'event'] as const) {
    if (modules.has(`mpm_${mpm}_module`)) return mpm;
  }
  return isBefore(version, '2.4') ? 'prefork' : 'event';
}

export function isBefore(version: string, other: string): boolean {
  return compareVersions(version, other) < 0;
}

/** The scopes that visitors reach: the virtual hosts, or the main server if there are none. */
export function servingScopes({ main, hosts }: ApacheView): readonly ApacheScope[] {
  return hosts.length === 0 ? [main] : hosts;
}

/**
 * The value that applies in a scope: its own, else that of the main server, else the default of the version. `name` is
 * spelled as in the documentation of 2.4; the names of 2.2, such as MaxClients, also match.
 */
export function apacheSetting(view: ApacheView, scope: ApacheScope, name: string): Setting {
  const own =
    findLast(scope, name) ?? (scope === view.main ? undefined : findLast(view.main, name));
  return own === undefined ? defaultsOf(view)(name) : settingFrom(name, own);
}

/** All hosts without their own value share one default: a line in the main server would set it for all of them. */
const defaultsOf = oncePer((view: ApacheView) =>
  oncePerName((name): Setting => {
    const value = apacheDefault(name, view);
    return {
      name,
      args: value === undefined ? [] : [value],
      at: view.main.at,
      origin: `default of Apache ${view.version}`,
      isDefault: true,
    };
  }),
);

function findLast({ directives }: ApacheScope, name: string): ConfigDirective | undefined {
  const { current, older } = apacheNames(name);
  const found = namedIn(directives, current).at(-1);
  const other = older === undefined ? undefined : namedIn(directives, older).at(-1);
  if (found === undefined || other === undefined) return found ?? other;
  return directives.findLast((directive) => directive === found || directive === other);
}

export function mainSetting(view: ApacheView, name: string): Setting {
  return apacheSetting(view, view.main, name);
}

/** A number of the main server, or the default if the value is not a number. */
export function mainCount(view: ApacheView, name: string): number {
  return countOf(mainSetting(view, name)) ?? Number(apacheDefault(name, view) ?? 0);
}

export interface PlacedDirective {
  readonly directive: ConfigDirective;
  /** The sections around it, outermost first. */
  readonly sections: readonly ConfigDirective[];
}

type Placed = ReadonlyMap<string, readonly PlacedDirective[]>;

/** The directives with these names anywhere in the configuration, by name and then in their order. */
export function findAnywhere(
  view: ApacheView,
  ...names: readonly string[]
): readonly PlacedDirective[] {
  const placed = placedByName(view.tree.directives);
  return names.flatMap((name) => placed.get(name) ?? []);
}

/** One walk for all checks: a large tree costs more to walk than to judge. */
const placedByName = oncePer((directives: readonly ConfigDirective[]): Placed => {
  const placed = new Map<string, PlacedDirective[]>();
  place(directives, [], placed);
  return placed;
});

function place(
  directives: readonly ConfigDirective[],
  sections: readonly ConfigDirective[],
  placed: Map<string, PlacedDirective[]>,
): void {
  for (const directive of directives) {
    const { name, block } = directive;
    const same = placed.get(name);
    if (same === undefined) placed.set(name, [{ directive, sections }]);
    else same.push({ directive, sections });
    if (block !== undefined) place(block, [...sections, directive], placed);
  }
}
