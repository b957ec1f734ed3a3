import type { ServerKind } from '../snapshot/status-page.ts';

/** One configuration as it was audited. */
export interface AuditedServer {
  readonly server: ServerKind;
  readonly file: string;
  readonly version: string;
  /** Where the version comes from. */
  readonly versionSource: 'flag' | 'binary' | 'status_page' | 'assumed';
  /** Apache. */
  readonly mpm?: string;
}

/** What is taken for the version when nothing tells it: what most machines run. */
export const assumedVersions: Readonly<Record<ServerKind, string>> = {
  apache: '2.4.62',
  nginx: '1.28.0',
};
