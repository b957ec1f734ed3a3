import type { TargetConfig } from '../config/schema.ts';
import { defaultKeepaliveSeconds, type KeepaliveTimeout } from '../snapshot/log-source.ts';
import { auditTarget } from './config-source.ts';

/** The keep-alive timeout in force: from the server's file, else from our configuration, else the server's default. */
export async function readKeepaliveTimeout({
  server,
  capacity,
}: Pick<TargetConfig, 'server' | 'capacity'>): Promise<KeepaliveTimeout> {
  const { keepalive_timeout: stated, config_file: file } = capacity;
  // A file that cannot be read is logged by the audit.
  const audited = file === undefined ? undefined : await auditTarget({ server, file });
  const seconds = audited?.figures?.keepaliveTimeoutSeconds.value;
  if (seconds !== undefined) return { seconds, source: 'config' };
  if (stated !== undefined) return { seconds: stated / 1000, source: 'config' };
  return { seconds: defaultKeepaliveSeconds[server], source: 'default' };
}
