import { access } from 'node:fs/promises';
import type { ServerKind } from '../snapshot/status-page.ts';

/** Paths of Debian, RHEL, Alpine and the official images, in this order. */
const usualFiles: Readonly<Record<ServerKind, readonly string[]>> = {
  apache: [
    '/etc/apache2/apache2.conf',
    '/etc/httpd/conf/httpd.conf',
    '/etc/apache2/httpd.conf',
    '/usr/local/apache2/conf/httpd.conf',
  ],
  nginx: ['/etc/nginx/nginx.conf', '/usr/local/nginx/conf/nginx.conf'],
};

/** Finds the main configuration file of each server on this machine: the first one that exists of its usual paths. */
export async function findUsualFiles(root = ''): Promise<Partial<Record<ServerKind, string>>> {
  const files: Partial<Record<ServerKind, string>> = {};
  for (const server of ['apache', 'nginx'] as const) {
    for (const file of usualFiles[server].toReversed()) {
      const isThere = await access(root + file).then(
        () => true,
        () => false,
      );
      if (isThere) files[server] = file;
    }
  }
  return files;
}
