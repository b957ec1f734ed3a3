import { compareVersions } from '../derive/server-version.ts';

type Default = string | ((isBefore: (version: string) => boolean) => string | undefined);

/** From ngx_http_core_module.c, ngx_http_proxy_module.c, ngx_event.c and the list of changes of nginx. */
const defaults: Readonly<Record<string, Default>> = {
  keepalive_timeout: '75s',
  keepalive_requests: (isBefore) => (isBefore('1.19.10') ? '100' : '1000'),
  keepalive_time: (isBefore) => (isBefore('1.19.10') ? undefined : '1h'),
  keepalive_min_timeout: (isBefore) => (isBefore('1.27.4') ? undefined : '0'),
  keepalive_disable: 'msie6',
  client_header_timeout: '60s',
  client_body_timeout: '60s',
  reset_timedout_connection: 'off',
  proxy_http_version: (isBefore) => (isBefore('1.29.7') ? '1.0' : '1.1'),
  fastcgi_keep_conn: 'off',
  http2_max_concurrent_streams: '128',
  worker_processes: '1',
  worker_connections: '512',
};

export function nginxDefault(name: string, version: string): string | undefined {
  const found = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
  return typeof found === 'function'
    ? found((other) => compareVersions(version, other) < 0)
    : found;
}
