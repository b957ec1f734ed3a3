import { join } from 'node:path';

type ApacheMpm = 'prefork' | 'worker' | 'event';

export interface ApacheOptions {
  readonly mpm: ApacheMpm;
  readonly maxRequestWorkers: number;
  /** Worker and event; 25 as Apache's own default, or all of a smaller MaxRequestWorkers. */
  readonly threadsPerChild?: number;
  readonly serverLimit?: number;
  /** Seconds. By default long, so that held clients stay held for the length of a test. */
  readonly keepAliveTimeout?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly maxKeepAliveRequests?: number;
  readonly asyncRequestWorkerFactor?: number;
  /** The format as the manual writes it, `%h %l %u %t "%r" %>s %O`. */
  readonly accessLogFormat?: string;
  readonly extendedStatus?: 'On' | 'Off';
  /** A fresh port of 127.0.0.1 by default. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Directives for the end of httpd.conf: what comes last wins. */
  readonly extraConfig?: string;
}

export interface ApachePlace {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly slowUpstreamUrl: string;
}

const MODULES_DIRECTORY = '/usr/lib/apache2/modules';
const MODULES = [
  'authz_core',
  'authz_host',
  'alias',
  'dir',
  'headers',
  'mime',
  'proxy',
  'proxy_http',
  'reqtimeout',
  'status',
];
const COMBINED = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"';

/** A whole httpd.conf that touches nothing outside its directory. */
export function renderApacheConfig(options: ApacheOptions, place: ApachePlace): string {
  return [
    ...renderPlace(place),
    ...renderModules(options.mpm),
    ...renderWorkers(options),
    ...renderTimeouts(options),
    ...renderSite(options, place),
    options.extraConfig ?? '',
    '',
  ].join('\n');
}

function renderPlace({ directory, host, port }: ApachePlace): readonly string[] {
  return [
    `ServerRoot "${directory}"`,
    `DefaultRuntimeDir "${directory}"`,
    `PidFile "${join(directory, 'apache2.pid')}"`,
    'ServerName 127.0.0.1',
    `Listen ${host}:${port}`,
    // Only root may change users, and must: Apache refuses to serve as root.
    ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
  ];
}

function renderModules(mpm: ApacheMpm): readonly string[] {
  return [`mpm_${mpm}`, ...MODULES].map(
    (name) => `LoadModule ${name}_module "${join(MODULES_DIRECTORY, `mod_${name}.so`)}"`,
  );
}

/**
 * All workers exist from the start and none is taken away for being spare. MinSpare stays 1, since Apache reports
 * "reached MaxRequestWorkers" (AH00161 and its sisters) whenever fewer than that are idle and no more can be made.
 */
function renderWorkers(options: ApacheOptions): readonly string[] {
  return options.mpm === 'prefork' ? renderPrefork(options) : renderThreaded(options);
}

function renderPrefork({ maxRequestWorkers, serverLimit }: ApacheOptions): readonly string[] {
  return [
    `ServerLimit ${serverLimit ?? maxRequestWorkers}`,
    `MaxRequestWorkers ${maxRequestWorkers}`,
    `StartServers ${maxRequestWorkers}`,
    'MinSpareServers 1',
    `MaxSpareServers ${maxRequestWorkers + 1}`,
  ];
}

function renderThreaded(options: ApacheOptions): readonly string[] {
  const { maxRequestWorkers, threadsPerChild = Math.min(25, maxRequestWorkers) } = options;
  const processes = Math.floor(maxRequestWorkers / threadsPerChild);
  const factor = options.asyncRequestWorkerFactor;
  return [
    `ServerLimit ${options.serverLimit ?? processes}`,
    `ThreadLimit ${threadsPerChild}`,
    `ThreadsPerChild ${threadsPerChild}`,
    `MaxRequestWorkers ${maxRequestWorkers}`,
    `StartServers ${processes}`,
    'MinSpareThreads 1',
    `MaxSpareThreads ${maxRequestWorkers + threadsPerChild}`,
    ...(factor === undefined ? [] : [`AsyncRequestWorkerFactor ${factor}`]),
  ];
}

function renderTimeouts(options: ApacheOptions): readonly string[] {
  return [
    `Timeout ${options.timeout ?? 600}`,
    'KeepAlive On',
    `KeepAliveTimeout ${options.keepAliveTimeout ?? 600}`,
    `MaxKeepAliveRequests ${options.maxKeepAliveRequests ?? 100}`,
    // Its defaults would end half a header after 20 seconds, which a slow machine needs for other things.
    'RequestReadTimeout handshake=0 header=600 body=600',
  ];
}

function renderSite(
  options: ApacheOptions,
  { directory, slowUpstreamUrl }: ApachePlace,
): readonly string[] {
  const format = (options.accessLogFormat ?? COMBINED).replaceAll('"', '\\"');
  return [
    `TypesConfig "${join(directory, 'mime.types')}"`,
    `DocumentRoot "${join(directory, 'htdocs')}"`,
    'DirectoryIndex index.html',
    `ErrorLog "${join(directory, 'error.log')}"`,
    'LogLevel warn',
    `LogFormat "${format}" scenario`,
    `CustomLog "${join(directory, 'access.log')}" scenario`,
    `ExtendedStatus ${options.extendedStatus ?? 'On'}`,
    '<Location "/server-status">',
    '  SetHandler server-status',
    '</Location>',
    `ProxyPass "/slow" "${slowUpstreamUrl}/slow" disablereuse=On timeout=600`,
  ];
}
