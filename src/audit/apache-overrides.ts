import { compareVersions } from '../derive/server-version.ts';
import type { ConfigDirective, Place } from '../snapshot/config-tree.ts';
import { placeOf } from './setting.ts';

/** A directory whose `.htaccess` applies. */
export interface OverridePlace {
  readonly path: string;
  /** The directive that contains the path. */
  readonly at: Place;
}

/** Maps a path to whether its last `<Directory>` allows overrides. Absent if there is no AllowOverride. */
type Allowed = ReadonlyMap<string, boolean>;

/** Deeper than any real document root. It limits the work for a hostile path. */
const maxPathDepth = 32;

/**
 * The directories in which AllowOverride permits `.htaccess`: those of `<Directory>` and DocumentRoot, and their parents.
 * Apache checks each directory from the root to the requested file. Sections apply from the shortest path to the
 * longest (request.c, ap_directory_walk()).
 */
export function findOverrides(
  directives: readonly ConfigDirective[],
  version: string,
): readonly OverridePlace[] {
  const hosts = directives.filter(({ name }) => name === 'virtualhost');
  const main = directives.filter(({ name }) => name !== 'virtualhost');
  const byDefault = compareVersions(version, '2.3.9') < 0;
  const mainAllowed = allowedIn(main);
  const scopes = [
    { lines: main, allowed: [mainAllowed] },
    ...hosts.map(({ block = [] }) => ({ lines: block, allowed: [mainAllowed, allowedIn(block)] })),
  ];
  const found = new Map<string, OverridePlace>();
  for (const { lines, allowed } of scopes) {
    for (const place of namedDirectories(lines)) {
      for (const path of allowedAround(place.path, { allowed, byDefault })) {
        if (!found.has(path)) found.set(path, { path, at: place.at });
      }
    }
  }
  return [...found.values()];
}

function allowedIn(directives: readonly ConfigDirective[]): Allowed {
  const allowed = new Map<string, boolean>();
  for (const { name, args, block = [] } of directives) {
    const own = block.findLast((inside) => inside.name === 'allowoverride');
    const path = plainPath(args[0]);
    if (name !== 'directory' || own === undefined || path === undefined) continue;
    allowed.set(path, own.args[0]?.toLowerCase() !== 'none');
  }
  return allowed;
}

function namedDirectories(directives: readonly ConfigDirective[]): readonly OverridePlace[] {
  return directives.flatMap((directive) => {
    const names = directive.name === 'directory' || directive.name === 'documentroot';
    const path = names ? plainPath(directive.args[0]) : undefined;
    return path === undefined ? [] : [{ path, at: placeOf(directive) }];
  });
}

/** The path without a slash at the end; undefined for a pattern or a relative path. */
function plainPath(path = ''): string | undefined {
  if (!path.startsWith('/') || /[*?[]/.test(path)) return undefined;
  const parts = path.split('/').filter((part) => part !== '');
  return parts.length > maxPathDepth ? undefined : `/${parts.join('/')}`;
}

/** The path and its parents, if the last section with an AllowOverride permits overrides there. */
function allowedAround(
  path: string,
  { allowed, byDefault }: { readonly allowed: readonly Allowed[]; readonly byDefault: boolean },
): readonly string[] {
  const found: string[] = [];
  let isOn = byDefault;
  const parts = path.split('/').slice(1);
  for (let length = 0; length <= parts.length; length++) {
    const around = `/${parts.slice(0, length).join('/')}`;
    for (const sections of allowed) isOn = sections.get(around) ?? isOn;
    if (isOn) found.push(around);
    if (path === '/') break;
  }
  return found;
}
