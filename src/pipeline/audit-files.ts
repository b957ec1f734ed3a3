import { buildApacheView } from '../audit/apache-view.ts';
import { type AuditedServer, assumedVersions } from '../audit/audited-server.ts';
import type { AuditSubject, ChainFacts, MachineFacts } from '../audit/check.ts';
import { expandNginxConfig } from '../audit/expand-nginx-config.ts';
import { buildNginxView } from '../audit/nginx-view.ts';
import { type AuditReport, runAudit } from '../audit/run-audit.ts';
import { readApacheConfig } from '../io/read-apache-config.ts';
import { createSourceReader } from '../io/source-reader.ts';
import { present } from '../present.ts';
import { ok, type Result } from '../result.ts';
import type { ReadSources } from '../snapshot/config-tree.ts';
import type { ServerKind } from '../snapshot/status-page.ts';

export interface KnownVersion {
  readonly version: string;
  readonly source: AuditedServer['versionSource'];
}

export interface AuditRequest {
  /** Main files, absolute. */
  readonly files: Partial<Readonly<Record<ServerKind, string>>>;
  readonly versions: Partial<Readonly<Record<ServerKind, KnownVersion>>>;
  readonly machine: MachineFacts;
  readonly chain: ChainFacts;
  /** Names that Apache is started with: `-D NAME`. */
  readonly defines?: readonly string[];
  /** Called for each server: a reader limits how much it reads. */
  readonly createReader?: () => ReadSources;
}

export interface Audit {
  readonly report: AuditReport;
  readonly servers: readonly AuditedServer[];
  readonly subject: AuditSubject;
}

/** Reads the configurations and runs every check. An error names the file and line that cannot be parsed. */
export async function auditFiles(request: AuditRequest): Promise<Result<Audit, string>> {
  const { files, machine, chain } = request;
  const apache = await readApache(files.apache, request);
  if (!apache.ok) return apache;
  const nginx = await readNginx(files.nginx, request);
  if (!nginx.ok) return nginx;
  const subject: AuditSubject = {
    machine,
    chain,
    ...present({ apache: apache.value, nginx: nginx.value }),
  };
  return ok({ report: runAudit(subject), subject, servers: describeServers(subject, request) });
}

async function readApache(file: string | undefined, request: AuditRequest) {
  if (file === undefined) return ok(undefined);
  const { version } = versionOf('apache', request);
  const read = (request.createReader ?? createSourceReader)();
  const { defines = [] } = request;
  const tree = await readApacheConfig(file, { read, version, defines });
  return tree.ok ? ok(buildApacheView(tree.value, version)) : tree;
}

async function readNginx(file: string | undefined, request: AuditRequest) {
  if (file === undefined) return ok(undefined);
  const tree = await expandNginxConfig(file, (request.createReader ?? createSourceReader)());
  if (!tree.ok) return tree;
  const { version } = versionOf('nginx', request);
  return ok(buildNginxView(tree.value, version, request.machine.cpuCount));
}

function versionOf(server: ServerKind, { versions }: AuditRequest): KnownVersion {
  return versions[server] ?? { version: assumedVersions[server], source: 'assumed' };
}

function describeServers(
  { apache, nginx }: AuditSubject,
  request: AuditRequest,
): readonly AuditedServer[] {
  return [apache, nginx].flatMap((view) => {
    if (view === undefined) return [];
    const { server, version, tree } = view;
    const described = {
      server,
      file: tree.file,
      version,
      versionSource: versionOf(server, request).source,
    };
    return [view.server === 'apache' ? { ...described, mpm: view.mpm } : described];
  });
}
