import type { ConfigDirective } from '../snapshot/config-tree.ts';
import type { ApacheScope } from './apache-view.ts';
import { namedIn, oncePer } from './named-directives.ts';
import { type NginxLevel, nearest, serverOf } from './nginx-view.ts';

/** Whether a `<Location "/">` in a scope restricts access. A section without Require lines inherits them. */
export const restrictsAll = oncePer((directives: readonly ConfigDirective[]) =>
  namedIn(directives, 'location').some(
    (section) => section.args[0] === '/' && isRestrictedSection(section),
  ),
);

/** Whether a section of Apache restricts access. Any restriction in nested Require containers counts. */
export function isRestrictedSection(section: ConfigDirective | undefined): boolean {
  return (section?.block ?? []).some(restricts);
}

function restricts({ name, args, block }: ConfigDirective): boolean {
  const [first = '', second = ''] = args.map((arg) => arg.toLowerCase());
  if (block !== undefined) return block.some(restricts);
  if (name === 'require') return !(first === 'all' && second === 'granted');
  // mod_access_compat and Apache 2.2.
  if (name === 'deny') return first === 'from';
  return name === 'order' && first.startsWith('deny');
}

/** Whether an nginx location restricts access. */
export function isRestrictedLevel(level: NginxLevel): boolean {
  const denies = deniesAll(nearest(level, 'deny'));
  const auth = nearest(level, 'auth_basic').some(({ args }) => args[0] !== 'off');
  const authRequest = nearest(level, 'auth_request').some(({ args }) => args[0] !== 'off');
  const internal = namedIn(level.directives, 'internal').length > 0;
  return (
    denies ||
    auth ||
    authRequest ||
    internal ||
    refusesSome(level) ||
    listensOnlyLocally(serverOf(level).directives)
  );
}

/** `if ($outside) { return 403; }` at this level or around it, with a condition about the address of the client. */
function refusesSome(level: NginxLevel): boolean {
  for (let at: NginxLevel | undefined = level; at !== undefined; at = at.parent) {
    const conditions = refusals(at.directives);
    if (conditions.length === 0) continue;
    const known = addressVariables(serverOf(level).parent?.directives ?? []);
    if (conditions.some((variable) => known.has(variable))) return true;
  }
  return false;
}

/** The variables of the conditions that refuse a request. */
const refusals = oncePer((directives: readonly ConfigDirective[]) =>
  namedIn(directives, 'if')
    .filter(({ block = [] }) =>
      namedIn(block, 'return').some(({ args }) => /^4\d\d$/.test(args[0] ?? '')),
    )
    .map(({ args }) => /\$\w+/.exec(args[0] ?? '')?.[0] ?? ''),
);

/** The address of the client, and the variables that `geo` and `map` derive from it. */
const addressVariables = oncePer((http: readonly ConfigDirective[]): ReadonlySet<string> => {
  const known = new Set(['$remote_addr', '$realip_remote_addr', '$binary_remote_addr']);
  for (const { args } of namedIn(http, 'geo')) known.add(args.at(-1) ?? '');
  for (const { args } of namedIn(http, 'map')) {
    if (known.has(args[0] ?? '')) known.add(args[1] ?? '');
  }
  return known;
});

const deniesAll = oncePer((lines: readonly ConfigDirective[]) =>
  lines.some(({ args }) => args[0] === 'all'),
);

const listensOnlyLocally = oncePer((directives: readonly ConfigDirective[]): boolean => {
  const listens = namedIn(directives, 'listen');
  return listens.length > 0 && listens.every(({ args }) => isLocal(args[0] ?? ''));
});

/** Whether a scope is reachable only from this machine: by its own addresses, else by the Listen lines. */
export function servesOnlyLocally(
  scope: ApacheScope,
  listens: readonly ConfigDirective[],
): boolean {
  const named = scope.addresses;
  const addresses =
    named.length > 0 && !named.some((address) => /^(?:\*|_default_)/.test(address))
      ? named
      : listens.map(({ args }) => args[0] ?? '');
  return addresses.length > 0 && addresses.every(isLocal);
}

function isLocal(address: string): boolean {
  return /^(?:127\.|\[::1\]|localhost(?::|$)|unix:)/.test(address);
}
