import { assumedVersions } from '../audit/audited-server.ts';
import { deriveApacheListens, deriveNginxListens } from '../derive/configured-listens.ts';
import { readApacheConfig } from '../io/read-apache-config.ts';
import { readNginxConfig } from '../io/read-nginx-config.ts';
import type { ListenEndpoint } from '../snapshot/listeners.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { rereadEachMinute } from './reread.ts';

export type ReadEndpoints = () => Promise<readonly ListenEndpoint[]>;

/**
 * Reads where a server listens from its configuration file. The result is empty when the file cannot be read in full:
 * the missing part may name another port. The capacity or the audit logs the reason.
 */
export function createPortSource(server: ServerKind, file: string): ReadEndpoints {
  return rereadEachMinute(
    () => (server === 'nginx' ? nginxEndpoints(file) : apacheEndpoints(file)),
    [],
  );
}

async function nginxEndpoints(file: string): Promise<readonly ListenEndpoint[]> {
  const read = await readNginxConfig(file);
  return read.ok ? deriveNginxListens(read.value) : [];
}

async function apacheEndpoints(file: string): Promise<readonly ListenEndpoint[]> {
  const read = await readApacheConfig(file, { version: assumedVersions.apache });
  return read.ok && read.value.unread.length === 0
    ? deriveApacheListens(read.value.directives)
    : [];
}
