import type { TargetConfig } from '../config/schema.ts';
import { findKeepaliveTimeout } from '../derive/nginx-keepalive-timeout.ts';
import { readNginxConfig } from '../io/read-nginx-config.ts';
import type { Log } from './log.ts';

/** As delivered: KeepAliveTimeout of httpd 2.4, keepalive_timeout of nginx. */
const defaultTimeouts = { apache: 5, nginx: 75 } as const;

/** The keep-alive timeout now in force, in seconds: as configured for us, else of nginx's file, else the server's default. */
export async function readKeepaliveTimeout(
  { name, server, capacity }: Pick<TargetConfig, 'name' | 'server' | 'capacity'>,
  log: Log,
): Promise<number> {
  if (capacity.keepalive_timeout !== undefined) return capacity.keepalive_timeout / 1000;
  if (capacity.config_file === undefined) return defaultTimeouts[server];
  const directives = await readNginxConfig(capacity.config_file);
  if (directives.ok) return findKeepaliveTimeout(directives.value, defaultTimeouts[server]);
  log.warn('the keep-alive timeout is taken for the default of the server', {
    target: name,
    error: directives.error,
  });
  return defaultTimeouts[server];
}
