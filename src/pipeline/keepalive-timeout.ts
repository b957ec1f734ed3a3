import type { TargetConfig } from '../config/schema.ts';
import { findKeepaliveTimeout } from '../derive/nginx-keepalive-timeout.ts';
import { readNginxConfig } from '../io/read-nginx-config.ts';
import type { KeepaliveTimeout } from '../snapshot/log-source.ts';
import type { Log } from './log.ts';

/** As delivered: KeepAliveTimeout of httpd 2.4, keepalive_timeout of nginx. */
const defaultTimeouts = { apache: 5, nginx: 75 } as const;

/** The keep-alive timeout now in force: as configured for us, else of nginx's file, else the server's default. */
export async function readKeepaliveTimeout(
  { name, server, capacity }: Pick<TargetConfig, 'name' | 'server' | 'capacity'>,
  log: Log,
): Promise<KeepaliveTimeout> {
  const byDefault = { seconds: defaultTimeouts[server], source: 'default' } as const;
  const { keepalive_timeout: stated, config_file: file } = capacity;
  if (stated !== undefined) return { seconds: stated / 1000, source: 'config' };
  if (file === undefined) return byDefault;
  const directives = await readNginxConfig(file);
  if (directives.ok) {
    return { seconds: findKeepaliveTimeout(directives.value, byDefault.seconds), source: 'config' };
  }
  log.warn('the keep-alive timeout is taken for the default of the server', {
    target: name,
    error: directives.error,
  });
  return byDefault;
}
