import type { ServerKind } from '../snapshot/status-page.ts';

/** A configuration that was audited. */
export interface AuditedServer {
  readonly server: ServerKind;
  readonly file: string;
  readonly version: string;
  /** The source of the version. */
  readonly versionSource: 'flag' | 'binary' | 'status_page' | 'assumed';
  /** Only for Apache. */
  readonly mpm?: string;
}

/** The versions assumed if the real one is unknown: those that most machines run. */
export const assumedVersions: Readonly<Record<ServerKind, string>> = {
  apache: '2.4.62',
  nginx: '1.28.0',
};
