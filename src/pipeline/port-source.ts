import { resolve } from 'node:path';
import { assumedVersions } from '../audit/audited-server.ts';
import { deriveApacheListens, deriveNginxListens } from '../derive/configured-listens.ts';
import { readApacheConfig } from '../io/read-apache-config.ts';
import { readNginxConfig } from '../io/read-nginx-config.ts';
import type { ListenEndpoint } from '../snapshot/listeners.ts';
import type { ServerKind } from '../snapshot/status-page.ts';

/** A reload of the server may change its file at any time. */
const rereadMilliseconds = 60_000;

export type ReadEndpoints = () => Promise<readonly ListenEndpoint[]>;

/**
 * Where a server listens by its configuration file; nothing when it cannot be read in full, since a part that is
 * missing may name another port. The capacity or the audit reports why.
 */
export function createPortSource(server: ServerKind, file: string): ReadEndpoints {
  let readAt = Number.NEGATIVE_INFINITY;
  let endpoints: Promise<readonly ListenEndpoint[]> = Promise.resolve([]);
  return () => {
    if (performance.now() - readAt >= rereadMilliseconds) {
      readAt = performance.now();
      endpoints = server === 'nginx' ? nginxEndpoints(file) : apacheEndpoints(file);
    }
    return endpoints;
  };
}

async function nginxEndpoints(file: string): Promise<readonly ListenEndpoint[]> {
  const read = await readNginxConfig(file);
  return read.ok ? deriveNginxListens(read.value) : [];
}

async function apacheEndpoints(file: string): Promise<readonly ListenEndpoint[]> {
  const read = await readApacheConfig(resolve(file), { version: assumedVersions.apache });
  return read.ok && read.value.unread.length === 0
    ? deriveApacheListens(read.value.directives)
    : [];
}
