import type { NginxDirective } from '../parse/nginx-config.ts';

/**
 * `keepalive_timeout` in seconds: the longest of all server blocks, each its own, else that of http, else the default.
 * Locations are left out: they rarely set it, and which one a connection ends in is not in the file.
 */
export function findKeepaliveTimeout(
  directives: readonly NginxDirective[],
  fallback: number,
): number {
  const http = blockOf(directives, 'http');
  const inherited = readTimeout(http) ?? fallback;
  const servers = http.filter(({ name }) => name === 'server');
  const timeouts = servers.map(({ block = [] }) => readTimeout(block) ?? inherited);
  return timeouts.length > 0 ? Math.max(...timeouts) : inherited;
}

function blockOf(directives: readonly NginxDirective[], wanted: string) {
  return directives.findLast(({ name }) => name === wanted)?.block ?? [];
}

function readTimeout(directives: readonly NginxDirective[]): number | undefined {
  return readNginxTime(directives.findLast(({ name }) => name === 'keepalive_timeout')?.args[0]);
}

const unitSeconds: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** nginx's times (ngx_parse_time): `75`, `75s`, `1m30s`; a bare number is seconds. */
function readNginxTime(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d{1,9}(?:ms|[smhd])?)+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit = 's'] of text.matchAll(/(\d+)(ms|[smhd])?/g)) {
    seconds += Number(amount) * (unitSeconds[unit] ?? 0);
  }
  return seconds;
}
