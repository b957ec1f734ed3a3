import { compareVersions } from '../derive/server-version.ts';
import type { ConfigDirective } from '../snapshot/config-tree.ts';
import { namedIn, oncePer } from './named-directives.ts';
import {
  type NginxLevel,
  type NginxUpstream,
  type NginxView,
  nearest,
  nginxSetting,
} from './nginx-view.ts';
import { firstArg, placeText, type Setting, settingFrom } from './setting.ts';

/** A location with proxy_pass. */
export interface NginxProxy {
  readonly level: NginxLevel;
  readonly directive: ConfigDirective;
  /** Undefined if the address is not the name of an upstream block. */
  readonly upstream: NginxUpstream | undefined;
  readonly httpVersion: Setting;
  /** The Connection header that nginx sends to the backend. */
  readonly connection: Setting;
  /** Its value for a request without an Upgrade header; a variable is resolved through its map of $http_upgrade. */
  readonly ordinary: string;
}

export const nginxProxies = oncePer((view: NginxView): readonly NginxProxy[] =>
  [...view.servers, ...view.locations].flatMap((level) => {
    const [directive] = namedIn(level.directives, 'proxy_pass');
    if (directive === undefined) return [];
    const host = /^\w+:\/\/([^/:$]+)/.exec(directive.args[0] ?? '')?.[1] ?? '';
    const connection = connectionHeader(view, level);
    return {
      level,
      directive,
      upstream: view.upstreams.get(host),
      httpVersion: nginxSetting(view, level, 'proxy_http_version'),
      connection,
      ordinary: ordinaryValue(view, connection.args[1] ?? ''),
    };
  }),
);

const keepsByDefault = oncePer(({ version }: NginxView) => compareVersions(version, '1.29.7') >= 0);

/** Only the proxy_set_header lines of the nearest level apply: they replace those of all outer levels. */
function connectionHeader(view: NginxView, level: NginxLevel): Setting {
  const lines = nearest(level, 'proxy_set_header');
  const own = lastByHeader(lines).get('connection');
  if (own !== undefined) return settingFrom('proxy_set_header', own);
  return {
    name: 'proxy_set_header',
    args: ['Connection', keepsByDefault(view) ? '' : 'close'],
    at: level.at,
    origin: `default of nginx ${view.version}`,
    isDefault: true,
  };
}

/** Maps a header in lower case to its last line. Inner levels share the lines, so the map is cached. */
const lastByHeader = oncePer(
  (lines: readonly ConfigDirective[]) =>
    new Map(lines.map((line) => [line.args[0]?.toLowerCase(), line])),
);

/** The number of idle connections that each worker keeps to an upstream. */
export function poolOf(view: NginxView, upstream: NginxUpstream): Setting & { size: number } {
  const own = namedIn(upstream.directives, 'keepalive').at(-1);
  if (own !== undefined) {
    return { ...settingFrom('keepalive', own), size: Number(own.args[0]) || 0 };
  }
  const isDefaultOn = keepsByDefault(view);
  return {
    name: 'keepalive',
    args: isDefaultOn ? ['32', 'local'] : [],
    at: upstream.at,
    origin: `default of nginx ${view.version}`,
    isDefault: true,
    size: isDefaultOn ? 32 : 0,
  };
}

/** How long a worker keeps an idle connection to an upstream; 60 s by default. */
export function poolTimeout(view: NginxView, upstream: NginxUpstream): Setting {
  const own = namedIn(upstream.directives, 'keepalive_timeout').at(-1);
  if (own !== undefined) return settingFrom('keepalive_timeout', own);
  return {
    name: 'keepalive_timeout',
    args: ['60s'],
    at: upstream.at,
    origin: `default of nginx ${view.version} in an upstream`,
    isDefault: true,
  };
}

function ordinaryValue({ http }: NginxView, value: string): string {
  if (!value.startsWith('$')) return value;
  return upgradeMaps(namedIn(http.directives, 'map')).get(value) ?? value;
}

/** Maps a variable to its value for a request without the header Upgrade. */
const upgradeMaps = oncePer((maps: readonly ConfigDirective[]): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const { args, block = [] } of maps) {
    const [source, variable = ''] = args;
    if (source !== '$http_upgrade' || values.has(variable)) continue;
    const [entry] = [...namedIn(block, ''), ...namedIn(block, 'default')];
    if (entry?.args[0] !== undefined) values.set(variable, entry.args[0]);
  }
  return values;
});

/** A location only for WebSocket: other requests cannot reuse its connections. */
export function isUpgradeOnly({ level, ordinary }: NginxProxy): boolean {
  return (
    lastByHeader(nearest(level, 'proxy_set_header')).has('upgrade') && /upgrade/i.test(ordinary)
  );
}

/** Whether the backend can keep the connection after a response. */
export function keepsConnections({ ordinary, httpVersion }: NginxProxy): boolean {
  return firstArg(httpVersion) !== '1.0' && ordinary.toLowerCase() !== 'close';
}

/** The line of an outer level that has no effect because the location has lines of its own. */
export function lostHeader({ level, connection }: NginxProxy): string | undefined {
  if (!connection.isDefault || nearest(level, 'proxy_set_header').length === 0) return undefined;
  for (let outer = level.parent; outer !== undefined; outer = outer.parent) {
    const line = lastByHeader(namedIn(outer.directives, 'proxy_set_header')).get('connection');
    if (line?.args[1] === '') return placeText(line);
  }
  return undefined;
}
