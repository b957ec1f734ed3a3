import { join } from 'node:path';

export interface NginxOptions {
  readonly workerProcesses: number;
  /** Of each worker; its listening sockets and its connections to the upstream count too. */
  readonly workerConnections: number;
  /** Seconds. By default long, so that held clients stay held for the length of a test. */
  readonly keepaliveTimeout?: number;
  /** Seconds. */
  readonly clientHeaderTimeout?: number;
  /** Of the listening socket; 511 is nginx's own default on Linux. */
  readonly backlog?: number;
  /** The format as the manual writes it, `$remote_addr "$request" $status`. */
  readonly logFormat?: string;
  /** Directives for the end of the http block. */
  readonly extraHttp?: string;
  /** Directives for the end of the server block. */
  readonly extraServer?: string;
  /** Whether the server listens on a unix socket too. */
  readonly unixSocket?: 'on' | 'off';
}

export interface NginxPlace {
  readonly directory: string;
  readonly port: number;
  readonly slowUpstreamUrl: string;
  readonly socketPath: string | undefined;
}

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent ' +
  '"$http_referer" "$http_user_agent"';
const TEMP_PATHS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** A whole nginx.conf that touches nothing outside its directory. */
export function renderNginxConfig(options: NginxOptions, place: NginxPlace): string {
  return [
    // Only root may change users; for anybody else nginx warns about the directive.
    ...(process.getuid?.() === 0 ? ['user www-data;'] : []),
    'daemon off;',
    `worker_processes ${options.workerProcesses};`,
    `pid ${join(place.directory, 'nginx.pid')};`,
    `error_log ${join(place.directory, 'error.log')} warn;`,
    `events { worker_connections ${options.workerConnections}; }`,
    'http {',
    ...renderHttp(options, place),
    ...renderServer(options, place),
    options.extraHttp ?? '',
    '}',
    '',
  ].join('\n');
}

function renderHttp(options: NginxOptions, { directory }: NginxPlace): readonly string[] {
  const format = (options.logFormat ?? COMBINED).replaceAll("'", "\\'");
  return [
    ...TEMP_PATHS.map((name) => `  ${name}_temp_path ${join(directory, `${name}_temp`)};`),
    `  log_format scenario '${format}';`,
    `  access_log ${join(directory, 'access.log')} scenario;`,
    `  keepalive_timeout ${options.keepaliveTimeout ?? 600};`,
    `  client_header_timeout ${options.clientHeaderTimeout ?? 600};`,
    '  types { text/html html; text/plain txt; }',
  ];
}

function renderServer(options: NginxOptions, place: NginxPlace): readonly string[] {
  const { directory, port, socketPath, slowUpstreamUrl } = place;
  return [
    '  server {',
    `    listen 127.0.0.1:${port} backlog=${options.backlog ?? 511};`,
    ...(socketPath === undefined ? [] : [`    listen unix:${socketPath};`]),
    `    root ${join(directory, 'html')};`,
    '    location = /stub_status { stub_status; }',
    `    location /slow { proxy_pass ${slowUpstreamUrl}; proxy_read_timeout 600s; }`,
    options.extraServer ?? '',
    '  }',
  ];
}
