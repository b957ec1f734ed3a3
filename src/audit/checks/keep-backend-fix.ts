import type { ConfigDirective } from '../../snapshot/config-tree.ts';
import { namedIn, oncePer } from '../named-directives.ts';
import type { NginxProxy } from '../nginx-proxies.ts';
import { type NginxLevel, nearest } from '../nginx-view.ts';
import { nginxLine } from '../setting.ts';
import { keepLines } from './on-nginx-proxies.ts';

/**
 * The lines for a location that keep its connections to the backend. A location with one proxy_set_header line inherits
 * none, so the inherited ones are repeated.
 */
export function keepLinesOf(level: NginxLevel): readonly string[] {
  const own = namedIn(level.directives, 'proxy_set_header');
  return own.length > 0 ? keepLines : keptWith(nearest(level, 'proxy_set_header'));
}

/** No real location has more. Without a limit ten thousand locations would repeat ten thousand lines each. */
const maxRepeated = 100;

/** Locations share the lines of the level around them. */
const keptWith = oncePer((inherited: readonly ConfigDirective[]): readonly string[] => {
  const others = inherited.filter(({ args }) => args[0]?.toLowerCase() !== 'connection');
  const lines = others.slice(0, maxRepeated).map(({ name, args }) => nginxLine(name, args));
  const rest = others.length - lines.length;
  const more =
    rest === 0 ? [] : [`# and the ${rest} other proxy_set_header lines from further out`];
  return [...lines, ...more, ...keepLines];
});

/**
 * An upstream block for an address of proxy_pass. Without a port the block has the name of the host, so that Host and
 * the name of the certificate stay the same. A name with a port is not allowed for a block.
 */
export function upstreamFix({ level, directive }: NginxProxy): readonly string[] {
  const [, scheme = 'http', host = 'backend', port, uri = ''] =
    /^(\w+):\/\/(\[[^\]]*\]|[^/:]+)(?::(\d+))?(.*)$/.exec(directive.args[0] ?? '') ?? [];
  const secure = scheme === 'https';
  const server = `server ${host}:${port ?? (secure ? 443 : 80)}; keepalive 16;`;
  if (port === undefined && !host.startsWith('[')) {
    return [`upstream ${host} { ${server} }`, ...keepLinesOf(level)];
  }
  const authority = port === undefined ? host : `${host}:${port}`;
  const name = `backend_${authority.replaceAll(/[^\w.]+/g, '_')}`;
  return [
    `upstream ${name} { ${server} }`,
    `proxy_pass ${scheme}://${name}${uri};`,
    ...(setsHost(level) ? [] : [`proxy_set_header Host ${authority};`]),
    ...(secure ? [`proxy_ssl_name ${host};`] : []),
    ...keepLinesOf(level),
  ];
}

/** By default nginx sends the name in proxy_pass. */
function setsHost(level: NginxLevel): boolean {
  return nearest(level, 'proxy_set_header').some(({ args }) => args[0]?.toLowerCase() === 'host');
}
